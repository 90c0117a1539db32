// The ros2 wire's thread: hears every topic, assembles samples, compares clocks; and what is said to the robot.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/live/live_link.h"
#include "adapters/live/pace.h"
#include "adapters/ros2/assembly.h"

namespace assay::ros2 {

/// Lives over several trials, until it breaks. Any thread.
class Link final : public LiveLink {
 public:
  /// Fails with 1257.
  static Result<std::unique_ptr<Link>> open(const Mapping& mapping);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Until every topic of the mapping has somebody at its other end. Fails with 1251: subject:link_lost (names them),
  /// or subject:qos_refused.
  Result<void> meet(SteadyTime until) const;
  /// Until every topic of a given type has said something; those that have not. Fails with 1276: it does not fit.
  Result<std::vector<std::string>> try_definitions(SteadyTime until);
  /// A session's question. Fails with 1251 (no answer in time), 1252 (refused).
  Result<Json> ask(Json words, int timeout_ms);
  /// Requests and replies, one after another. Fails as ask() does.
  Result<void> compare_clocks(int exchanges);

  /// From now on what comes belongs to a trial of this robot.
  void begin(const RobotDescription& robot);
  void end();
  /// Whether the session's first line was lost, and forgets that it was: see Ros2Robot::begin_trial().
  bool lost_the_first(SteadyTime until);
  Result<void> command(const Action& action);
  void command_stop() const;
  [[nodiscard]] std::vector<std::string> silent() const;

 private:
  explicit Link(const Mapping& mapping) : mapping_(mapping) {}
  Result<void> connect();
  void listen();
  void hear_answers();
  void hear_trial();
  void note(const std::string& topic, Reader& reader, bool said);
  void ask_for_time();
  std::string say(Json& words);
  bool send(const GroupAction& action);

  const Mapping mapping_;
  std::unique_ptr<Bus> bus_;
  std::map<std::string, Reader> states_;
  std::optional<Reader> truth_, answers_, fault_;
  std::vector<std::pair<const CommandTopic*, Writer>> commands_;
  std::optional<Writer> stop_, alive_, asks_;

  // mutex_ is held for what follows.
  RobotDescription robot_;
  std::unique_ptr<Assembler> assembler_;
  PaceWatch pace_;
  std::optional<Error> misfit_;
  std::set<std::string> fitting_;                  ///< topics of given types that have said something
  std::map<std::string, Json> answered_;           ///< of questions that somebody waits for: null until then
  std::map<std::string, SteadyTime> asked_clock_;  ///< of questions that nobody waits for
  std::map<std::string, Action> last_twist_;
  SteadyTime clock_due_;

  std::thread listener_;
};

}  // namespace assay::ros2
