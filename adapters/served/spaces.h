// The `spaces:` of a served policy: what it is shown under which key, and what its rows of numbers command.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/eyes.h"
#include "adapters/policy.h"
#include "core/model/scheme.h"

namespace assay::served {

/// One part of an observation: a quantity of a group, or "instruction.en", "instruction.zh", "detections", "told".
struct Part {
  std::string group, quantity;
};

struct Shown {
  std::string key;
  std::vector<Part> parts;  ///< joined in order
  bool wide = false;        ///< float64; else float32
  CameraView view{};        ///< a picture, if it names a camera
  bool planes = false;      ///< of a picture: colour by colour (CHW), not pixel by pixel (HWC)
};

struct Commanded {
  std::string group;
  Mode mode = Mode::hold;
  int columns = 0;      ///< 0 in the file: as many as the mode has for the group
  bool invert = false;  ///< gripper: the policy's 1 is closed
};

struct Spaces {
  bool roboarena = false;
  std::vector<Shown> observation;
  std::string action_key = "actions";
  std::vector<Commanded> action;
  bool words = false;  ///< its answers may say something besides their rows: read_words()
  double rate_hz = 0;  ///< of the rows; 0: one per control period
  int rows = 0;        ///< carried out of a chunk before the next is asked for; 0: all
  double deadline_s = 2;
};

/// H rows of D numbers.
struct Chunk {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
};

/// What an answer says besides its rows: `say`, `reports`, `done`, `refuse` (the reason).
struct Words {
  std::string say, reason;
  bool done = false, refuse = false;
  std::vector<Report> reports{};
  [[nodiscard]] bool any() const { return done || refuse || !say.empty() || !reports.empty(); }
};
struct Answer {
  Chunk chunk;
  Words words;
};

/// An array (rows first, C order), a text, or JSON text of a list.
struct Array {
  std::vector<double> values;
  bool wide = false;
};
/// uint8, C order.
struct Pixels {
  int width = 0, height = 0;
  bool planes = false;
  std::string bytes;
};
using Value = std::variant<Array, std::string, Pixels>;
struct Entry {
  std::string key;
  Value value;
};

/// Fails with 1260: a quantity or mode that cannot be shown or commanded.
Result<Spaces> spaces_of(const PolicyLink& link);
/// Does the declared fit the body? Fails with 1260 (names key, group, expected and found). Fills in `columns`.
Result<void> fit_spaces(Spaces& spaces, const std::vector<Group>& groups);
/// Before anything is planned. Nothing to say of policies in this process. `cameras`: what the body has; none where
/// nothing is drawn (a robot that runs by itself). Fails with 1260, 1261.
Result<void> check_policy_link(const PolicyLink& link, const std::vector<Group>& groups,
                               const std::optional<std::vector<std::string>>& cameras);
/// It wants pictures.
bool wants_pictures(const PolicyLink& link);
std::vector<CameraView> views(const Spaces& spaces);

[[nodiscard]] std::size_t width(const Spaces& spaces);
/// The policy hears what is said to it in the course of a trial.
[[nodiscard]] bool hears(const Spaces& spaces);
/// `heard`: since it was asked last.
Result<std::vector<Entry>> show(const Spaces& spaces, const std::vector<Group>& groups, const Instruction& told,
                                const Observation& seen, const std::vector<Image>& images,
                                const std::vector<Text>& heard = {});
/// `share`: of a row's displacement that falls into this control period.
Action command(const Spaces& spaces, const Chunk& chunk, std::size_t row, double share);
/// Shape and finiteness; no row at all only beside words. Fails with 1262: subject:policy_{shape, not_finite}.
Result<void> check_answer(const Spaces& spaces, const Answer& answer);
/// Of an answer's keys, as JSON. Fails with 1262: subject:policy_words.
Result<Words> words_from(const nlohmann::json& answer);

/// 1262 with `found` = "subject:" + what + " " + detail.
Error bad_answer(const std::string& what, const std::string& detail);

}  // namespace assay::served
