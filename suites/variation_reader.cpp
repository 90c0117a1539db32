#include <fmt/format.h>

#include <array>

#include "core/time.h"
#include "suites/task_reader.h"

namespace assay {

namespace {

using Json = nlohmann::json;
using Kind = Variation::Kind;

struct KindName {
  const char* name;
  Kind kind;
};
constexpr std::array kKinds = {
    KindName{"choice", Kind::choice},
    KindName{"place", Kind::place},
    KindName{"shuffle", Kind::shuffle},
    KindName{"pose_jitter", Kind::pose_jitter},
    KindName{"mass_factor", Kind::mass_factor},
    KindName{"friction_factor", Kind::friction_factor},
    KindName{"noise", Kind::noise},
    KindName{"push", Kind::push},
    KindName{"latency", Kind::latency},
    KindName{"bias", Kind::bias},
    KindName{"dropout", Kind::dropout},
    KindName{"blackout", Kind::blackout},
    KindName{"weaken", Kind::weaken},
    KindName{"one_of", Kind::one_of},
};

std::array<double, 4> read_pose(const Json& value) {
  return {value.value("x_m", 0.0), value.value("y_m", 0.0), value.value("z_m", 0.0), value.value("yaw_rad", 0.0)};
}

Result<void> check_range(const LevelSource& source, const std::string& pointer, double low, double high) {
  if (low <= high) return {};
  return rule_broken(source.place(pointer), {"the range runs backwards", "范围上下限颠倒"},
                     {"[low, high] with low <= high", "[下限, 上限]，下限不大于上限"},
                     fmt::format("[{}, {}]", low, high), {"swap the two numbers", "请交换两个数"});
}

/// The unit of a sensor's noise stands in the key, and must be the sensor's own.
Result<double> read_sigma(const LevelSource& source, const Json& value, const std::string& pointer) {
  const std::string sensor = value["sensor"].get<std::string>();
  const std::string own = sensor == "joints"     ? "sigma_rad"
                          : sensor == "odometry" ? "sigma_ratio"
                          : sensor == "imu"      ? "sigma_rad"
                          : sensor == "force"    ? "sigma_n"
                                                 : "sigma_m";
  for (const char* key : {"sigma_m", "sigma_rad", "sigma_ratio", "sigma_n"})
    if (value.contains(key) && key != own) {
      const auto mark = source.place(pointer + "/" + key);
      return rule_broken(mark,
                         {fmt::format("the noise of {} is not given in this unit", sensor),
                          fmt::format("{} 的噪声不用这个单位", sensor)},
                         {own, own}, key, {fmt::format("write {}", own), fmt::format("请写 {}", own)});
    }
  if (value.contains(own)) return value[own].get<double>();
  return rule_broken(source.place(pointer), {"the noise has no size", "噪声没有给出大小"}, {own, own}, "",
                     {fmt::format("add {}: standard deviation", own), fmt::format("请补上 {}：标准差", own)});
}

Result<void> read_range(const LevelSource& source, const Json& value, const char* key, const std::string& pointer,
                        double& low, double& high) {
  low = value[key][0].get<double>();
  high = value[key][1].get<double>();
  return check_range(source, pointer + "/" + key, low, high);
}

Result<void> read_times(const LevelSource& source, const Json& value, const char* key, const std::string& pointer,
                        Variation& out) {
  double from = 0, to = 0;
  ASSAY_RETURN_IF_ERROR(read_range(source, value, key, pointer, from, to));
  out.from_ns = ns_from_s(from);
  out.to_ns = ns_from_s(to);
  return {};
}

/// The range whose law is uniform, and the times, by kind.
Result<void> read_ranges(const LevelSource& source, const Json& value, const std::string& pointer, Variation& out) {
  struct Keys {
    Kind kind;
    const char *range, *times;
  };
  static constexpr std::array kKeys = {
      Keys{Kind::mass_factor, "range", ""},     Keys{Kind::friction_factor, "range", ""},
      Keys{Kind::latency, "latency_s", ""},     Keys{Kind::push, "impulse_n_s", "time_s"},
      Keys{Kind::bias, "offset_m", ""},         Keys{Kind::dropout, "share", "time_s"},
      Keys{Kind::blackout, "for_s", "start_s"}, Keys{Kind::weaken, "factor", "start_s"},
  };
  for (const auto& keys : kKeys) {
    if (keys.kind != out.kind) continue;
    ASSAY_RETURN_IF_ERROR(read_range(source, value, keys.range, pointer, out.low, out.high));
    if (value.contains(keys.times)) ASSAY_RETURN_IF_ERROR(read_times(source, value, keys.times, pointer, out));
  }
  return {};
}

Result<Variation> read_one(const LevelSource& source, Kind kind, const Json& value, const std::string& pointer) {
  Variation out;
  out.kind = kind;
  out.name = value.value("slot", "");
  out.target = value.value("body", value.value("sensor", value.value("group", "")));
  for (const char* key : {"of", "bodies", "direction"})
    if (value.contains(key)) out.of = value[key].get<std::vector<std::string>>();
  if (value.contains("places"))
    for (const auto& place : value["places"]) out.places.push_back(read_pose(place));
  if (value.contains("jitter")) out.jitter = read_pose(value["jitter"]);
  if (kind == Kind::shuffle && out.places.size() < out.of.size())
    return rule_broken(source.place(pointer + "/places"), {"there are fewer places than bodies", "位置数少于物体数"},
                       {fmt::format("at least {} places", out.of.size()), fmt::format("至少 {} 个位置", out.of.size())},
                       fmt::format("{}", out.places.size()), {"add places", "请增加位置"});
  ASSAY_RETURN_IF_ERROR(read_ranges(source, value, pointer, out));
  if (kind == Kind::noise) {
    ASSAY_TRY(out.low, read_sigma(source, value, pointer));
    out.high = out.low;
  }
  return out;
}

Result<std::vector<Variation>> read_list(const LevelSource& source, const Json& list, const std::string& pointer,
                                         bool inside_one_of);

Result<Variation> read_one_of(const LevelSource& source, const Json& value, const std::string& pointer) {
  Variation out;
  out.kind = Kind::one_of;
  for (std::size_t i = 0; i < value.size(); ++i) {
    ASSAY_TRY(auto option, read_list(source, value[i], fmt::format("{}/{}", pointer, i), true));
    out.options.push_back(std::move(option));
  }
  return out;
}

Result<std::vector<Variation>> read_list(const LevelSource& source, const Json& list, const std::string& pointer,
                                         bool inside_one_of) {
  std::vector<Variation> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string name = list[i].begin().key();
    const std::string at = fmt::format("{}/{}/{}", pointer, i, name);
    Kind kind = Kind::choice;
    for (const auto& known : kKinds)
      if (name == known.name) kind = known.kind;
    if (inside_one_of && (kind == Kind::one_of || kind == Kind::choice))
      return rule_broken(source.place(at), {"this cannot stand inside one_of", "one_of 之内不能写这一项"},
                         {"a variation other than choice and one_of", "choice 与 one_of 以外的变化项"}, name,
                         kind == Kind::choice
                             ? Text{"every trial needs a value for each slot: move the choice out of one_of",
                                    "每次试验的每个槽位都须有取值：请把 choice 移到 one_of 之外"}
                             : Text{"write its options into the outer one_of", "请把其中的选项写进外层 one_of"});
    if (kind == Kind::one_of) {
      ASSAY_TRY(auto one, read_one_of(source, list[i].begin().value(), at));
      out.push_back(std::move(one));
      continue;
    }
    ASSAY_TRY(auto one, read_one(source, kind, list[i].begin().value(), at));
    if (kind != Kind::pose_jitter) {
      out.push_back(std::move(one));
      continue;
    }
    // One line of the file for many bodies, one record for each: every body is moved by its own draw.
    for (const auto& body : one.of) {
      Variation each = one;
      each.of.clear();
      each.target = body;
      out.push_back(std::move(each));
    }
  }
  return out;
}

}  // namespace

Result<std::vector<Variation>> read_variation(const LevelSource& source) {
  if (!source.value.contains("variation")) return std::vector<Variation>{};
  return read_list(source, source.value["variation"], "/variation", false);
}

Result<std::vector<Limit>> read_limits(const LevelSource& source) {
  struct QuantityName {
    const char* key;
    Limit::Quantity quantity;
    bool needs_b;
  };
  static constexpr std::array kQuantities = {
      QuantityName{"contact_force_n", Limit::Quantity::contact_force_n, true},
      QuantityName{"tcp_speed_m_s", Limit::Quantity::tcp_speed_m_s, false},
      QuantityName{"joint_speed_ratio", Limit::Quantity::joint_speed_ratio, false},
      QuantityName{"base_speed_m_s", Limit::Quantity::base_speed_m_s, false},
      QuantityName{"separation_m", Limit::Quantity::separation_m, true},
  };
  std::vector<Limit> out;
  if (!source.value.contains("limits")) return out;
  for (const auto& [id, value] : source.value["limits"].items()) {
    const std::string pointer = "/limits/" + pointer_step(id);
    Limit limit;
    limit.id = id;
    limit.a = value.value("a", "robot");
    limit.b = value.value("b", "");
    limit.source = value.value("source", "profile");
    int given = 0;
    bool needs_b = false;
    for (const auto& known : kQuantities) {
      if (!value.contains(known.key)) continue;
      ++given;
      limit.quantity = known.quantity;
      limit.value = value[known.key].get<double>();
      needs_b = known.needs_b;
    }
    if (given != 1)
      return rule_broken(source.place(pointer), {"a limit names exactly one quantity", "每条限值恰好规定一个量"},
                         {"one of contact_force_n, tcp_speed_m_s, joint_speed_ratio, base_speed_m_s, separation_m",
                          "contact_force_n、tcp_speed_m_s、joint_speed_ratio、base_speed_m_s、separation_m 之一"},
                         fmt::format("{}", given), {"write one limit per quantity", "每个量单独写一条限值"});
    if (needs_b && limit.b.empty())
      return rule_broken(source.place(pointer), {"this limit needs a second body", "该限值需要第二个物体"},
                         {"b: the body that is touched or kept away from", "b：被接触或须保持距离的物体"}, "",
                         {"add b", "请补上 b"});
    out.push_back(std::move(limit));
  }
  return out;
}

}  // namespace assay
