#include "reports/condition_words.h"

#include <fmt/format.h>

#include <cmath>

#include "core/model/dialogue.h"

namespace assay::reports {
namespace {

constexpr double kDegrees = 57.29577951308232;

/// Metres as a person would say them.
std::string length(double m) {
  return std::abs(m) < 0.995 ? fmt::format("{:.4g} mm", m * 1e3) : fmt::format("{:.4g} m", m);
}
std::string angle(double rad) { return fmt::format("{:.3g}°", rad * kDegrees); }
std::string seconds(std::int64_t ns) { return fmt::format("{:.4g} s", static_cast<double>(ns) * 1e-9); }
std::string percent_of(double share) { return fmt::format("{:.3g} %", share * 100); }
std::string box(const double (&half_m)[3]) {
  return fmt::format("±{:.4g} × ±{:.4g} × ±{:.4g} mm", half_m[0] * 1e3, half_m[1] * 1e3, half_m[2] * 1e3);
}

/// The same number put into both languages.
template <class... Args>
Text both(const char* en, const char* zh, const Args&... args) {
  return {fmt::format(fmt::runtime(en), args...), fmt::format(fmt::runtime(zh), args...)};
}

Text operator+(Text a, const Text& b) {
  a.en += b.en;
  a.zh += b.zh;
  return a;
}

class Speaker {
 public:
  Speaker(const Condition& condition, const Names& names)
      : c_(condition), names_(names), a_(names.of(condition.a)), b_(names.of(condition.b)) {}

  Words say() const {
    switch (c_.op) {
      case Op::all:
        return group({"all of these:", "同时满足："});
      case Op::any:
        return group({"at least one of these:", "至少满足其一："});
      case Op::not_:
        return negation();
      case Op::always:
        return group({"all the time:", "始终："});
      case Op::eventually:
        return group({"at some moment:", "在某一时刻："});
      case Op::within:
        return group(
            both("between {0} and {1} later:", "在其后 {0} 至 {1} 之间：", seconds(c_.from_ns), seconds(c_.to_ns)));
      case Op::holds_for:
        return group(both("without a break for {}:", "持续 {} 不间断：", seconds(c_.duration_ns)));
      case Op::sequence:
        return group({"one after another:", "依次："});
      case Op::covered:
        return covered();
      default:
        return {statement(false), {}};
    }
  }

 private:
  /// "a … b", with names of each language in their places {0} and {1}.
  Text put(const std::string& en, const std::string& zh) const {
    return {fmt::format(fmt::runtime(en), a_.en, b_.en), fmt::format(fmt::runtime(zh), a_.zh, b_.zh)};
  }

  Words group(Text head) const {
    Words out{std::move(head), {}};
    for (const auto& child : c_.children) out.children.push_back(words_of(child, names_));
    return out;
  }

  /// A plain statement denied reads better than "it is not so that".
  Words negation() const {
    const auto& child = c_.children.front();
    switch (child.op) {
      case Op::touching:
      case Op::held:
      case Op::inside:
      case Op::near:
        return {Speaker(child, names_).statement(true), {}};
      default:
        return group({"it is not so that:", "以下不成立："});
    }
  }

  Text statement(bool denied) const {
    switch (c_.op) {
      case Op::near:
        return put(denied ? "{0} is farther than " : "{0} is within ",
                   denied ? "{0} 距 {1} 超过 " : "{0} 距 {1} 不超过 ") +
               both("{}", "{}", length(c_.radius_m)) + put(denied ? " from {1}" : " of {1}", "") + seen_from_above();
      case Op::inside:
        return put(denied ? "{0} is not in {1}" : "{0} lies in {1}", denied ? "{0} 不在 {1} 内" : "{0} 在 {1} 内") +
               both(" ({}, ±{:.3g} mm)", "（{}，±{:.3g} mm）", box(c_.half_m), c_.tolerance * 1e3);
      case Op::above:
        return put(c_.b.empty() ? "{0} is " : "{0} is ", "{0} ") +
               height("at least {} above ", "至少高出", {"the floor", "地面"});
      case Op::below:
        return put("{0} is ", "{0} ") + height("at most {} above ", "至多高出", {"the floor", "地面"});
      case Op::upright:
        return put("{0} stands upright, ", "{0} 直立，") +
               both("tilted by {} at most", "倾斜不超过 {}", angle(c_.max_tilt_rad));
      case Op::at_rest:
        return put("{0} is at rest", "{0} 静止") + both(" (below {:.3g} m/s and {:.3g} rad/s)",
                                                        "（低于 {:.3g} m/s 且 {:.3g} rad/s）", c_.v_max_m_s,
                                                        c_.w_max_rad_s);
      case Op::touching:
        return put(denied ? "{0} does not touch {1}" : "{0} touches {1}", denied ? "{0} 不接触 {1}" : "{0} 接触 {1}");
      case Op::held:
        return put(denied ? "{0} is not held" : "{0} is held", denied ? "{0} 未被夹持" : "{0} 被夹持");
      case Op::first_contact: {
        const Text all = names_.list(c_.entities);
        return {fmt::format("of {}, {} is what the gripper touches first", all.en, a_.en),
                fmt::format("在 {} 之中，夹爪最先接触的是 {}", all.zh, a_.zh)};
      }
      case Op::visited:
        return put("{0} has been within ", "{0} 曾到达距 {1} ") + both("{}", "{} 以内", length(c_.radius_m)) +
               put(" of {1}", "") + seen_from_above();
      case Op::joint:
        return put("{0} stands ", "{0} 位于 ") + range();
      case Op::pressing:
        return put("{0} is pressed with ", "{0} 所受压力为 ") + force_range();
      case Op::reported:
        if (c_.a == kQuestion)
          return denied ? Text{"no question has been asked", "没有提问"} : Text{"a question has been asked", "已提问"};
        if (c_.a == kRefusal)
          return denied ? Text{"the instruction is not refused", "没有拒绝指令"}
                        : Text{"the instruction is refused", "已拒绝指令"};
        return put("{0} has been reported within ", "已报告 {0}，位置误差不超过 ") +
               both("{} of where it is", "{}", length(c_.radius_m));
      case Op::no_false_report:
        return {"nothing has been reported that is not there", "没有误报"};
      default:
        return {"?", "?"};
    }
  }

  Text seen_from_above() const { return c_.planar ? Text{", seen from above", "（俯视）"} : Text{}; }
  Text height(const char* en, const char* zh, const Text& floor) const {
    const Text over = c_.b.empty() ? floor : b_;
    return {fmt::format(fmt::runtime(en), length(c_.height_m)) + over.en,
            fmt::format("{}{} {}", zh, over.zh, length(c_.height_m))};
  }
  /// The record does not say whether the joint slides or turns.
  Text range() const {
    const auto value = [&](double v) { return fmt::format("{:.4g}", v); };
    if (std::isinf(c_.max)) return both("at {} (m or rad) or beyond", "{}（m 或 rad）或更大", value(c_.min));
    if (std::isinf(c_.min)) return both("at {} (m or rad) or before", "{}（m 或 rad）或更小", value(c_.max));
    return both("between {} and {} (m or rad)", "{} 与 {} 之间（m 或 rad）", value(c_.min), value(c_.max));
  }
  Text force_range() const {
    if (std::isinf(c_.max)) return both("{:.4g} N or more", "{:.4g} N 或更大", c_.min);
    if (std::isinf(c_.min)) return both("{:.4g} N at most", "不超过 {:.4g} N", c_.max);
    return both("{:.4g} to {:.4g} N", "{:.4g} 至 {:.4g} N", c_.min, c_.max);
  }

  Words covered() const {
    Words out;
    out.text =
        put("{0} has swept at least ", "{0} 已扫过 {1} 周围 ") +
        both("{0} of {1} × {2}", "{1} × {2} 的至少 {0}", percent_of(c_.share), length(2 * c_.half_m[0]),
             length(2 * c_.half_m[1])) +
        put(" about {1}", "") +
        both(" (cells of {}, reached within {})", "（方格 {}，作用半径 {}）", length(c_.cell_m), length(c_.radius_m));
    for (const auto& child : c_.children) {
      Words below{{"counted only while:", "仅在以下成立时计入："}, {words_of(child, names_)}};
      out.children.push_back(std::move(below));
    }
    for (const auto& except : c_.except) {
      const Text name = names_.of(except.entity);
      out.children.push_back({{"left out: what " + name.en + " covers", "不计 " + name.zh + " 所占之处"}, {}});
    }
    return out;
  }

  const Condition& c_;
  const Names& names_;
  Text a_, b_;
};

std::string spaced(std::string name) {
  for (auto& c : name)
    if (c == '_') c = ' ';
  return name;
}

}  // namespace

Names::Names(const Task& task) {
  names_ = {{"robot", {"the robot", "机器人"}},
            {"robot.tcp", {"the tool", "工具"}},
            {"robot.base", {"the robot's base", "机器人底盘"}},
            {"robot.gripper", {"the gripper", "夹爪"}},
            {"*", {"everything that can move", "所有可动物体"}}};
  for (const auto& d : task.detectables) names_[d.body] = {"the " + d.label, d.label};
  for (const auto& [slot, values] : task.slot_words)
    for (const auto& [value, words] : values)
      names_[value] = {words.en.rfind("the ", 0) == 0 ? words.en : "the " + words.en, words.zh};
}

Text Names::of(const std::string& entity) const {
  if (const auto known = names_.find(entity); known != names_.end()) return known->second;
  if (entity.empty() || entity.front() == '{') return {entity, entity};
  return {spaced(entity), spaced(entity)};
}

Text Names::list(const std::vector<std::string>& entities, const Text& last) const {
  Text out;
  for (std::size_t i = 0; i < entities.size(); ++i) {
    const Text name = of(entities[i]);
    const bool ends = i + 1 == entities.size();
    out.en += (i == 0 ? "" : ends ? last.en : ", ") + name.en;
    out.zh += (i == 0 ? "" : ends ? last.zh : "、") + name.zh;
  }
  return out;
}

Words words_of(const Condition& condition, const Names& names) { return Speaker(condition, names).say(); }

Text words_of(const Limit& limit, const Names& names) {
  const Text a = names.of(limit.a), b = names.of(limit.b);
  const std::string source = limit.source.empty() || limit.source == "profile" ? "" : " (" + limit.source + ")";
  const Text tail{source, source};
  switch (limit.quantity) {
    case Limit::Quantity::contact_force_n: {
      const std::string en_b = limit.b.empty() ? "anything" : b.en, zh_b = limit.b.empty() ? "任何物体" : b.zh;
      return Text{fmt::format("force between {} and {}: {:.4g} N at most", a.en, en_b, limit.value),
                  fmt::format("{} 与 {} 之间的力不超过 {:.4g} N", a.zh, zh_b, limit.value)} +
             tail;
    }
    case Limit::Quantity::tcp_speed_m_s:
      return both("speed of the tool: {:.4g} m/s at most", "工具速度不超过 {:.4g} m/s", limit.value) + tail;
    case Limit::Quantity::joint_speed_ratio:
      return both("speed of the joints: {} of their limits at most", "关节速度不超过其限值的 {}",
                  percent_of(limit.value)) +
             tail;
    case Limit::Quantity::base_speed_m_s:
      return both("speed of the base: {:.4g} m/s at most", "底盘速度不超过 {:.4g} m/s", limit.value) + tail;
    case Limit::Quantity::separation_m:
      return Text{fmt::format("distance between {} and {}: {} at least", a.en, b.en, length(limit.value)),
                  fmt::format("{} 与 {} 的距离不小于 {}", a.zh, b.zh, length(limit.value))} +
             tail;
  }
  return {"?", "?"};
}

Text words_of(const Actor& actor, const Names& names) {
  const Text body = names.of(actor.body);
  if (actor.speed_m_s <= 0) return {body.en + " stands there", body.zh + " 站在场景中"};
  return {fmt::format("{} walks there and back at {:.3g} m/s, setting off {:.3g} to {:.3g} s after the start", body.en,
                      actor.speed_m_s, actor.start_s_low, actor.start_s_high),
          fmt::format("{} 以 {:.3g} m/s 往返行走，开始后 {:.3g} 至 {:.3g} s 起步", body.zh, actor.speed_m_s,
                      actor.start_s_low, actor.start_s_high)};
}

}  // namespace assay::reports
