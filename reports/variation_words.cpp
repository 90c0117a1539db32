#include <fmt/format.h>

#include "reports/condition_words.h"

namespace assay::reports {
namespace {

using Kind = Variation::Kind;

constexpr double kDegrees = 57.29577951308232;

std::string range(double low, double high, double scale, const char* unit) {
  if (low == high) return fmt::format("{:.4g}{}", low * scale, unit);
  return fmt::format("{:.4g}–{:.4g}{}", low * scale, high * scale, unit);
}

double s_of(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

/// "±10 mm, ±43°"; empty where nothing is jittered.
std::string jitter(const std::array<double, 4>& half) {
  std::string out;
  if (half[0] != 0 || half[1] != 0 || half[2] != 0) {
    if (half[0] == half[1] && half[2] == 0)
      out = fmt::format("±{:.4g} mm", half[0] * 1e3);
    else
      out = fmt::format("±{:.4g}, ±{:.4g}, ±{:.4g} mm", half[0] * 1e3, half[1] * 1e3, half[2] * 1e3);
  }
  if (half[3] != 0) out += fmt::format("{}±{:.3g}°", out.empty() ? "" : ", ", half[3] * kDegrees);
  return out;
}

Text sensor(const std::string& id) {
  if (id == "detections") return {"detections", "检测结果"};
  if (id == "range") return {"range scan", "测距扫描"};
  if (id == "joints") return {"measured joints", "关节测量值"};
  if (id == "odometry") return {"odometry", "里程计"};
  return {id, id};
}

Text group(const std::string& id) {
  if (id == "gripper") return {"the gripper", "夹爪"};
  if (id == "base") return {"the base", "底盘"};
  if (id == "arm") return {"the arm", "机械臂"};
  return {id, id};
}

std::string sigma(const Variation& v) {
  if (v.target == "joints") return fmt::format("{:.2g}°", v.low * kDegrees);
  if (v.target == "odometry") return fmt::format("{:.3g} %", v.low * 100);
  return fmt::format("{:.4g} mm", v.low * 1e3);
}

Text noise(const Variation& v) {
  const Text of = sensor(v.target);
  return {fmt::format("noise of {}: σ = {}", of.en, sigma(v)), fmt::format("{}噪声 σ = {}", of.zh, sigma(v))};
}

/// Several bodies that one entry moves alike.
Text moved(const Text& who, const Variation& v) {
  return {fmt::format("{} moved by up to {}", who.en, jitter(v.jitter)),
          fmt::format("{} 偏移 {} 以内", who.zh, jitter(v.jitter))};
}

Text on_places(const Text& who, const Variation& v, bool order) {
  const std::string off = jitter(v.jitter);
  return {fmt::format("{} on {} of {} places{}", who.en, order ? "drawn ones" : "one", v.places.size(),
                      off.empty() ? "" : ", " + off),
          fmt::format("{} 置于 {} 个位置中{}{}", who.zh, v.places.size(), order ? "抽取的若干处" : "的一处",
                      off.empty() ? "" : "，" + off)};
}

Text factor(const Text& who, const Variation& v) {
  const std::string by = range(v.low, v.high, 1, "");
  return v.kind == Kind::mass_factor
             ? Text{fmt::format("mass of {} × {}", who.en, by), fmt::format("{} 的质量 × {}", who.zh, by)}
             : Text{fmt::format("friction of {} × {}", who.en, by), fmt::format("{} 的摩擦 × {}", who.zh, by)};
}

Text fault(const Variation& v) {
  const Text what = sensor(v.target);
  const Text who = group(v.target);
  const std::string start = range(s_of(v.from_ns), s_of(v.to_ns), 1, " s");
  switch (v.kind) {
    case Kind::bias:
      return {fmt::format("{} off by {} in a drawn direction, all through the trial", what.en,
                          range(v.low, v.high, 1e3, " mm")),
              fmt::format("{}全程偏移 {}，方向随机", what.zh, range(v.low, v.high, 1e3, " mm"))};
    case Kind::dropout: {
      const std::string share = range(v.low, v.high, 100, " %");
      const bool windowed = v.to_ns != 0;
      return {fmt::format("{} of {} lost{}", share, what.en, windowed ? " between " + start : ""),
              fmt::format("{}丢失 {}{}", what.zh, share, windowed ? "（" + start + "）" : "")};
    }
    case Kind::blackout:
      return {fmt::format("no {} for {}, from {} on", what.en, range(v.low, v.high, 1, " s"), start),
              fmt::format("自 {} 起 {}中断 {}", start, what.zh, range(v.low, v.high, 1, " s"))};
    default:
      return {fmt::format("{} keeps {} of its strength from {} on", who.en, range(v.low, v.high, 100, " %"), start),
              fmt::format("自 {} 起{}仅保留 {} 的能力", start, who.zh, range(v.low, v.high, 100, " %"))};
  }
}

Text push(const Text& who, const Variation& v) {
  const std::string size = range(v.low, v.high, 1, " N·s"), time = range(s_of(v.from_ns), s_of(v.to_ns), 1, " s");
  return {fmt::format("a push of {} on {} at {}", size, who.en, time),
          fmt::format("在 {} 对 {} 施加 {} 的冲量", time, who.zh, size)};
}

Words one_of(const Variation& v, const Names& names) {
  Words out{{"one of these, drawn:", "抽取其一："}, {}};
  for (const auto& option : v.options) {
    const auto parts = words_of(option, names);
    if (parts.empty()) {
      out.children.push_back({{"nothing", "无"}, {}});
    } else if (parts.size() == 1) {
      out.children.push_back(parts.front());
    } else {
      out.children.push_back({{"together:", "同时："}, parts});
    }
  }
  return out;
}

Words say(const Variation& v, const Text& who, const Names& names) {
  switch (v.kind) {
    case Kind::choice: {
      const Text all = names.list(v.of, {" or ", "或"});
      return {{fmt::format("{{{}}} is one of {}", v.name, all.en), fmt::format("{{{}}} 取自 {}", v.name, all.zh)}, {}};
    }
    case Kind::place:
      return {on_places(who, v, false), {}};
    case Kind::shuffle:
      return {on_places(names.list(v.of), v, true), {}};
    case Kind::pose_jitter:
      return {moved(who, v), {}};
    case Kind::mass_factor:
    case Kind::friction_factor:
      return {factor(who, v), {}};
    case Kind::noise:
      return {noise(v), {}};
    case Kind::push:
      return {push(who, v), {}};
    case Kind::latency: {
      const std::string late = range(v.low, v.high, 1e3, " ms");
      return {{"every answer of the policy acts " + late + " late", "策略的每个动作延迟 " + late + " 生效"}, {}};
    }
    case Kind::one_of:
      return one_of(v, names);
    default:
      return {fault(v), {}};
  }
}

bool alike(const Variation& a, const Variation& b) {
  return a.kind == Kind::pose_jitter && b.kind == Kind::pose_jitter && a.jitter == b.jitter;
}

}  // namespace

std::vector<Words> words_of(const std::vector<Variation>& variation, const Names& names) {
  std::vector<Words> out;
  for (std::size_t i = 0; i < variation.size();) {
    std::vector<std::string> bodies = {variation[i].target};
    std::size_t next = i + 1;
    for (; next < variation.size() && alike(variation[i], variation[next]); ++next)
      bodies.push_back(variation[next].target);
    out.push_back(say(variation[i], names.list(bodies), names));
    i = next;
  }
  return out;
}

}  // namespace assay::reports
