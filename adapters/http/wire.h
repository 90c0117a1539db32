// What passes over the robot API (docs/robot-api.yaml) as JSON. Both sides use it: the adapter that examines a robot,
// and `assay robot serve`, which plays one. Everything that comes from the far side is checked here.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "adapters/robot.h"

namespace assay::http {

using Json = nlohmann::json;

inline constexpr const char* kSchema = "assay.robot/1";
inline constexpr std::size_t kLongestLine = std::size_t{1} << 20;  ///< of telemetry and of any other answer

/// One line of telemetry.
struct Telemetry {
  std::int64_t sequence = 0, robot_ns = 0;
  Sample sample;
};

/// What a line means. `end` carries why the robot ends the stream.
struct Line {
  enum class Kind { sample, end } kind = Kind::sample;
  Telemetry telemetry;
  std::string why;
};

std::string telemetry_line(const Telemetry& telemetry);
std::string end_line(const std::string& why);
/// Holds each line against the description: number of values, all finite, groups known, sequence and time ascending
/// by one line each. Fails with 1253; `found` says whose and what: subject:telemetry_{garbled, shape, not_finite,
/// repeated, out_of_order, gap}, subject:clock_backwards.
class TelemetryReader {
 public:
  explicit TelemetryReader(const RobotDescription& robot) : robot_(robot) {}
  Result<Line> read(std::string_view text);

 private:
  Result<void> in_order(const Telemetry& telemetry);

  RobotDescription robot_;
  std::int64_t sequence_ = -1, t_ns_ = -1, robot_ns_ = 0;
  std::map<std::string, RangeScan> last_scan_;  ///< a scan that is not fresh says no ranges
};

Json action_json(const Action& action);
Result<Action> action_from(const Json& json);

/// Identity, capabilities, groups by name and kind, channels.
/// Arms, grippers and bases; legs are not in this wire's samples. Fails with 1277.
Result<void> check_groups(const std::vector<Group>& groups);
Json description_json(const RobotDescription& robot);
/// Groups come from the set-up's binding: the far side's must have the same names and kinds. Vantages: what comes over
/// a robot's own wire is its own word, or a simulator's if the subject file says that the world is one; it is never an
/// instrument's. Fails with 1253 (subject:description_…).
Result<RobotDescription> description_from(const Json& json, const Setup& setup, bool simulated_world);

/// What a robot may know: trial, instruction, limits, signals asked for, periods. With `simulated_world` also all that
/// was drawn. The world itself is named by its hash.
Json setup_json(const Setup& setup, bool simulated_world);
Result<Setup> setup_from(const Json& json);

Json stop_json(const StopReport& report);
Result<StopReport> stop_from(const Json& json);

/// {"whose", "what", "message"}: how an answer other than 200 says why.
Json error_json(const Error& error);

/// What the library says of a record, in plain words: `key "schema" is missing`.
std::string plain_words(const Json::exception& e);
/// 1253 with `found` = "subject:" + what + " " + detail.
Error unreadable(const std::string& what, const std::string& detail);

}  // namespace assay::http
