#include "adapters/manual/manual_robot.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

namespace assay {
namespace {

constexpr std::int64_t kLeast_ns = 1'000'000;  ///< no trial takes no time
constexpr double kDeadline_h = 24, kLongest_h = 24 * 31;

Error lab_error(const std::string& what, Text expected) {
  return Error{.id = 1271,
               .what = {"this trial cannot be told of by an operator", "该次试验不能由操作员录入"},
               .expected = std::move(expected),
               .found = "lab:" + what,
               .help = {"docs/wire-manual.md", "docs/zh/wire-manual.md"}};
}

class ManualRobot final : public Robot, public OperatedRobot {
 public:
  ManualRobot() { description_.adapter = "manual"; }

  [[nodiscard]] const RobotDescription& describe() const override { return description_; }
  void enter(OperatorEntry entry) override { entry_ = std::move(entry); }

  Result<void> reset(const Setup& setup) override {
    stopped_ = {};
    at_ = At::nowhere;
    if (!setup.defects.empty())
      return lab_error("setup known errors are of simulated robots", {"no `defects`", "不含 `defects`"});
    if (!entry_) return lab_error("no_entry", {"what a person saw", "操作员所见"});
    told_ = std::move(*entry_);
    entry_.reset();  // of one trial only
    told_.took_ns = std::clamp(told_.took_ns, kLeast_ns, std::max(kLeast_ns, setup.time_limit_ns));
    limits_ = setup.limits;
    describe_for(setup);
    at_ = At::ready;
    return {};
  }

  Result<Sample> begin(const Instruction& /*instruction: told by the person*/) override {
    if (at_ != At::ready) return out_of_order();
    at_ = At::begun;
    Sample out;
    out.truth.assign(description_.truth_channels.size(), 0.0);
    return out;
  }

  Result<Sample> advance(const Action& action) override {
    if (at_ != At::begun || stopped_.requested) return out_of_order();
    ASSAY_RETURN_IF_ERROR(check_action(description_, action));
    at_ = At::over;
    Sample out;
    out.time = out.observation.time = SimTime{told_.took_ns};
    out.truth.push_back(told_.success ? 1 : 0);
    for (const auto* list : {&told_.subgoals, &told_.checks, &told_.limits})
      for (const auto& [name, held] : *list) out.truth.push_back(held ? 1 : 0);
    for (const auto& [id, broken] : told_.limits)
      if (broken)  // by how much nobody measured
        out.limit_hits.push_back({id, told_.took_ns, std::numeric_limits<double>::quiet_NaN(), limit_of(id)});
    return out;
  }

  StopReport stop(StopCategory /*category*/) noexcept override {
    if (stopped_.requested) return stopped_;
    stopped_.requested = true;  // of the person, who stood by; nothing here can confirm it
    stopped_.requested_at = SimTime{at_ == At::over ? told_.took_ns : 0};
    stopped_.detail = "no connection: the operator stops the robot";
    return stopped_;
  }

 private:
  enum class At { nowhere, ready, begun, over };

  static Error out_of_order() {
    return Error{.id = 427,
                 .what = {"the robot was called out of order", "对机器人的调用顺序有误"},
                 .found = "unknown:wrong_order reset() first, then one period"};
  }

  double limit_of(const std::string& id) const {
    const auto found = std::find_if(limits_.begin(), limits_.end(), [&](const Limit& l) { return l.id == id; });
    return found == limits_.end() ? std::numeric_limits<double>::quiet_NaN() : found->value;
  }

  void describe_for(const Setup& setup) {
    RobotDescription out;
    out.adapter = "manual";
    out.identity = "operated by a person, no connection";
    out.engine = manual_engine();
    out.control_period_ns = setup.control_period_ns;
    const auto add = [&](const std::string& name) {
      out.truth_channels.push_back({"operator." + name, "1", "", Vantage::operator_});
    };
    add("success");
    for (const auto& [name, held] : told_.subgoals) add("subgoal." + name);
    for (const auto& [name, held] : told_.checks) add("check." + name);
    for (const auto& [id, broken] : told_.limits) add("limit." + id);
    out.missing_signals = setup.signals;
    description_ = std::move(out);
  }

  RobotDescription description_;
  std::optional<OperatorEntry> entry_;
  OperatorEntry told_;
  std::vector<Limit> limits_;
  At at_ = At::nowhere;
  StopReport stopped_;
};

class OperatorPolicy final : public Policy {
 public:
  [[nodiscard]] PolicyDescription describe() const override {
    return {.id = "operator", .version = "1", .deterministic = true};
  }
  Result<void> begin(const Instruction&, const RobotDescription&, StreamKey) override { return {}; }
  Result<Action> act(const Observation& observation) override {
    Action out;
    out.done = observation.time.ns > 0;
    return out;
  }
};

}  // namespace

std::string manual_engine() { return "operator"; }

Result<double> manual_deadline_s(const RobotLink& link) {
  double hours = kDeadline_h;
  const auto section = nlohmann::json::parse(link.details, nullptr, false);
  if (section.is_object() && section.contains("deadline_h"))
    hours = section["deadline_h"].is_number() ? section["deadline_h"].get<double>() : 0;
  if (section.is_object() && hours > 0 && hours <= kLongest_h) return hours * 3600;
  return Error{.id = 1270,
               .what = {"the section `manual` of the subject file is not usable", "对象文件中的 `manual` 部分无法使用"},
               .expected = {"`manual: {deadline_h: 24}`, more than 0 and at most 744",
                            "`manual: {deadline_h: 24}`，大于 0 且不超过 744"},
               .found = link.details,
               .help = {"docs/wire-manual.md", "docs/zh/wire-manual.md"}};
}

Result<std::unique_ptr<Robot>> make_manual_robot(const RobotLink& link) {
  if (auto deadline = manual_deadline_s(link); !deadline) return std::move(deadline).error();
  return std::unique_ptr<Robot>(std::make_unique<ManualRobot>());
}

Result<std::unique_ptr<Policy>> make_operator_policy(const PolicyParams& /*params: none*/) {
  return std::unique_ptr<Policy>(std::make_unique<OperatorPolicy>());
}

}  // namespace assay
