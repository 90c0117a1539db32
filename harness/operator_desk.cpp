#include "harness/operator_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::harness {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestWords = 500, kLongestName = 200;
constexpr const char* kNames[] = {"nothing", "set_up", "arm", "armed", "acting", "entry", "undo"};

double seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

Error refused(Text expected, std::string found) {
  return Error{.id = 561,
               .what = {"the operator's answer does not fit the prompt", "操作员的应答与提示不符"},
               .expected = std::move(expected),
               .found = std::move(found),
               .help = {"ask `status` for the prompt; docs/wire-manual.md lists the answers",
                        "用 `status` 查询当前提示；应答见 docs/zh/wire-manual.md"}};
}

std::string text(const json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_string()) return {};
  return found->get<std::string>().substr(0, kLongestWords);
}

Result<void> check_name(const std::string& by) {
  if (!by.empty() && by.size() <= kLongestName) return {};
  return refused({"`by`: a name of at most 200 bytes", "`by`：姓名，至多 200 字节"}, by.empty() ? "no name" : "longer");
}

/// Each name of `known` at most once, as true or false; left out: not seen.
Result<std::vector<std::pair<std::string, bool>>> flags(const json& message, const char* key,
                                                        const std::vector<std::string>& known) {
  std::vector<std::pair<std::string, bool>> out;
  const json given = message.value(key, json::object());
  if (!given.is_object())
    return refused({fmt::format("`{}`: names with true or false", key), fmt::format("`{}`：名称与 true/false", key)},
                   given.dump());
  for (const auto& [name, value] : given.items())
    if (!value.is_boolean() || std::find(known.begin(), known.end(), name) == known.end())
      return refused(
          {fmt::format("`{}` of the card, true or false", key), fmt::format("卡片上的 `{}`，取 true 或 false", key)},
          name + ": " + value.dump());
  for (const auto& name : known)
    if (given.contains(name)) out.emplace_back(name, given[name].get<bool>());
  return out;
}

std::vector<std::string> ids(const json& list) {
  std::vector<std::string> out;
  for (const auto& one : list) out.push_back(one.value("id", ""));
  return out;
}

}  // namespace

const std::vector<std::string>& OperatorDesk::reasons() {
  static const std::vector<std::string> kReasons = {"scene_wrong",      "object_missing", "robot_not_ready",
                                                    "person_in_zone",   "lab_power",      "lab_equipment",
                                                    "operator_mistake", "other"};
  return kReasons;
}

void OperatorDesk::enter(State state, SteadyTime now) {
  state_ = state;
  since_ = now;
  ++turn_;
}

std::string OperatorDesk::id() const { return fmt::format("{}.{}", trial_.number, turn_); }

void OperatorDesk::open(TrialRecord trial, json card, const std::vector<json>& earlier, double deadline_s,
                        SteadyTime now) {
  trial_ = std::move(trial);
  card_ = std::move(card);
  entry_ = {};
  end_.reset();
  took_ns_.reset();
  over_time_ = false;
  deadline_s_ = deadline_s;
  turn_ = 0;
  enter(State::set_up, now);
  for (const auto& act : earlier) (void)apply(act, now, true);
  // The run was killed while the robot acted: nobody held the watch. An entry that was still open to undo is again.
  if (state_ == State::armed) enter(State::arm, now);
  if (state_ == State::acting && !earlier.empty()) enter(State::entry, now);
}

json OperatorDesk::prompt(SteadyTime now) const {
  if (state_ == State::nothing || end_) return nullptr;
  json out = {{"id", id()},
              {"kind", kNames[static_cast<int>(state_)]},
              {"trial", trial_.number},
              {"task", trial_.task},
              {"level", trial_.level},
              {"index", trial_.index},
              {"card", card_},
              {"reasons", reasons()},
              {"waited_s", seconds(now.ns - since_.ns)}};
  if (state_ == State::acting) out["elapsed_s"] = seconds(now.ns - acting_since_.ns);
  if (state_ == State::armed) out["left_s"] = std::max(0.0, kArmed_s - seconds(now.ns - since_.ns));
  if (state_ == State::undo) out["left_s"] = std::max(0.0, kUndo_s - seconds(now.ns - since_.ns));
  if (state_ == State::entry || state_ == State::undo) {
    out["time_s"] = took_ns_ ? json(seconds(*took_ns_)) : json();
    out["over_time"] = over_time_;
  }
  return out;
}

Result<void> OperatorDesk::act(const json& message, SteadyTime now) {
  if (state_ == State::nothing || end_) return refused({"a prompt", "有待应答的提示"}, "none waits");
  if (text(message, "prompt") != id()) return refused({id(), id()}, "prompt " + text(message, "prompt"));
  ASSAY_RETURN_IF_ERROR(check_name(text(message, "by")));
  return apply(message, now, false);
}

Result<void> OperatorDesk::apply(const json& message, SteadyTime now, bool again) {
  const std::string act = text(message, "act"), by = text(message, "by");
  json noted = {
      {"trial", trial_.number}, {"prompt", id()}, {"kind", kNames[static_cast<int>(state_)]}, {"act", act}, {"by", by}};
  const auto write = [&]() -> Result<void> {
    if (again || !audit_) return {};
    return audit_(by, noted);
  };
  const auto unknown = [&](const char* acts) {
    return refused({fmt::format("one of {}", acts), fmt::format("{} 之一", acts)}, act);
  };
  const bool may_end = state_ != State::undo;
  const bool cannot = act == "cannot" && (state_ == State::set_up || state_ == State::arm);
  if (may_end && (cannot || act == "invalid")) {
    const std::string reason = text(message, "reason");
    if (std::find(reasons().begin(), reasons().end(), reason) == reasons().end())
      return refused({fmt::format("`reason`: one of {}", fmt::join(reasons(), ", ")),
                      fmt::format("`reason` 取 {} 之一", fmt::join(reasons(), "、"))},
                     reason);
    noted["reason"] = reason;
    noted["remark"] = text(message, "remark");
    ASSAY_RETURN_IF_ERROR(write());
    end_ = End{trial_, std::nullopt, reason, by, cannot, state_ != State::entry};
    return {};
  }
  switch (state_) {
    case State::set_up:
      if (act != "ready") return unknown("ready, cannot, invalid");
      ASSAY_RETURN_IF_ERROR(write());
      enter(State::arm, now);
      return {};
    case State::arm:
      if (act != "zone_clear") return unknown("zone_clear, cannot, invalid");
      ASSAY_RETURN_IF_ERROR(write());
      enter(State::armed, now);
      return {};
    case State::armed:
      if (act != "go" && act != "back") return unknown("go, back, invalid");
      ASSAY_RETURN_IF_ERROR(write());
      enter(act == "go" ? State::acting : State::arm, now);
      acting_since_ = now;
      return {};
    case State::acting: {
      if (act != "ended") return unknown("ended, invalid");
      const std::int64_t took_ns = again ? std::llround(message.value("took_s", 0.0) * 1e9)
                                         : std::max<std::int64_t>(1, now.ns - acting_since_.ns);
      noted["took_s"] = seconds(took_ns);
      ASSAY_RETURN_IF_ERROR(write());
      took_ns_ = took_ns;
      over_time_ = seconds(took_ns) > card_.value("time_limit_s", 0.0);
      enter(State::entry, now);
      return {};
    }
    case State::entry:
      if (act != "enter") return unknown("enter, invalid");
      ASSAY_RETURN_IF_ERROR(take_entry(message, noted));
      ASSAY_RETURN_IF_ERROR(write());
      entry_.took_ns = std::llround(noted["time_s"].get<double>() * 1e9);
      enter(State::undo, now);
      return {};
    case State::undo:
      if (act != "undo") return unknown("undo");
      ASSAY_RETURN_IF_ERROR(write());
      enter(State::entry, now);
      return {};
    case State::nothing:
      break;
  }
  return unknown("-");
}

/// What must be said: success or not and every check's; limits and subgoals as far as they were seen.
Result<void> OperatorDesk::take_entry(const json& message, json& noted) {
  OperatorEntry entry;
  if (!message.contains("success") || !message["success"].is_boolean())
    return refused({"`success`: true or false", "`success`：true 或 false"}, message.value("success", json()).dump());
  entry.success = message["success"].get<bool>();
  ASSAY_TRY(entry.subgoals, flags(message, "subgoals", ids(card_.value("subgoals", json::array()))));
  ASSAY_TRY(entry.checks, flags(message, "checks", ids(card_.value("checks", json::array()))));
  ASSAY_TRY(entry.limits, flags(message, "limits", ids(card_.value("limits", json::array()))));
  const double limit_s = card_.value("time_limit_s", 0.0);
  double time_s = took_ns_ ? seconds(*took_ns_) : -1;
  if (!took_ns_ && message.contains("time_s") && message["time_s"].is_number())
    time_s = message["time_s"].get<double>();
  if (!std::isfinite(time_s) || time_s < 0)
    return refused({"`time_s`: how long it took; the run did not see it", "`time_s`：所用时间（本次运行未能记录）"},
                   message.value("time_s", json()).dump());
  if (entry.success && time_s > limit_s)
    return refused({fmt::format("no success: the time limit of {:g} s is over", limit_s),
                    fmt::format("不得记为成功：已超过 {:g} s 的时限", limit_s)},
                   fmt::format("success after {:.1f} s", time_s));
  noted["time_s"] = std::min(time_s, limit_s);
  noted["success"] = entry.success;
  for (const char* key : {"subgoals", "checks", "limits"}) noted[key] = message.value(key, json::object());
  noted["remark"] = text(message, "remark");
  entry_ = std::move(entry);
  return {};
}

Result<void> OperatorDesk::score(const json& message) {
  const std::string by = text(message, "by"), outcome = text(message, "outcome");
  ASSAY_RETURN_IF_ERROR(check_name(by));
  if (!message.contains("trial") || !message["trial"].is_number_integer())
    return refused({"`trial`: its number", "`trial`：试验编号"}, message.value("trial", json()).dump());
  if (outcome != "success" && outcome != "failure" && outcome != "unsafe")
    return refused({"`outcome`: success, failure or unsafe", "`outcome`：success、failure 或 unsafe"}, outcome);
  if (!audit_) return refused({"a run that takes scores", "可接收评分的运行"}, "none");
  return audit_(by, {{"trial", message["trial"]}, {"act", "score"}, {"outcome", outcome}, {"by", by}});
}

Result<std::optional<OperatorDesk::End>> OperatorDesk::poll(SteadyTime now) {
  if (state_ == State::nothing) return std::optional<End>{};
  const double waited_s = seconds(now.ns - since_.ns);
  if (!end_ && state_ == State::undo && waited_s >= kUndo_s) end_ = End{trial_, entry_, "", "", false, false};
  if (!end_ && state_ == State::armed && waited_s >= kArmed_s) enter(State::arm, now);
  if (end_) {
    state_ = State::nothing;
    return std::exchange(end_, std::nullopt);
  }
  if (waited_s > deadline_s_)
    return Error{.id = 562,
                 .what = {"the operator did not answer in time", "操作员未在期限内应答"},
                 .expected = {fmt::format("an answer within {:g} h", deadline_s_ / 3600),
                              fmt::format("{:g} 小时内应答", deadline_s_ / 3600)},
                 .found = kNames[static_cast<int>(state_)],
                 .help = {"nothing is lost: go on with `assay resume`", "数据均已保存：用 `assay resume` 继续"}};
  return std::optional<End>{};
}

}  // namespace assay::harness
