// yaml-cpp's events → JSON with marks. Counts while it builds, so that a bomb stops at its cap.
#pragma once

#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suites/yaml.h"

namespace YAML {
struct Mark;
}

namespace assay {

/// Thrown by the handler through yaml-cpp to stop it, caught in parse_yaml(): never leaves this room.
struct YamlStop {
  Error error;
};

class YamlBuilder final : public YAML::EventHandler {
 public:
  YamlBuilder(std::string_view text, const std::string& name, const YamlCaps& caps);

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  /// Columns counted in characters, not bytes.
  Place place(const YAML::Mark& mark);

  nlohmann::json value;
  std::map<std::string, Place> marks, key_marks;
  std::map<std::string, std::string> ambiguous;
  bool seen = false;

 private:
  struct Frame {
    nlohmann::json value;
    std::string pointer;
    std::optional<std::string> key;  ///< of a map: the key whose value comes next
    Place key_place{};
    YAML::anchor_t anchor = 0;
    int nodes_before = 0;
  };
  struct Anchored {
    nlohmann::json value;
    std::string pointer;
    int nodes = 0;
  };

  void count(int nodes, const Place& at);
  void mark_value(const std::string& pointer, const Place& at);
  [[nodiscard]] bool wants_key() const;
  void take_key(const Place& at, const std::string& key);
  [[nodiscard]] std::string next_pointer() const;
  void attach(nlohmann::json child);
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, nlohmann::json empty,
            std::string_view core_tag);
  void close();
  void remember(YAML::anchor_t anchor, const nlohmann::json& child, const std::string& pointer, int nodes);
  void check_quote_closed(const YAML::Mark& mark, const Place& at) const;

  std::string_view text_;
  std::string name_;
  YamlCaps caps_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  int nodes_ = 0, aliases_ = 0;
  std::size_t mark_bytes_ = 0;
  std::size_t last_pos_ = 0;
  int last_line_ = 0, last_column_ = 1;
};

/// A plain (unquoted) scalar by the YAML 1.2 core schema. Empty: a number that no double or 64-bit integer holds,
/// an infinity or a NaN.
std::optional<nlohmann::json> plain_scalar(const std::string& text);
/// YAML 1.1 takes `yes no on off` for truth values and 017 for fifteen.
bool is_ambiguous(std::string_view plain);

}  // namespace assay
