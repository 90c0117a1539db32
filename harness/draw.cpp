#include "harness/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/sha256.h"
#include "core/time.h"

namespace assay::harness {
namespace {

using Kind = Variation::Kind;

Error cannot_draw(const Variation& v, const char* en, const char* zh, std::string found) {
  return Error{.id = 501,
               .what = {std::string("a variation cannot be drawn: ") + en, std::string("无法抽取变化：") + zh},
               .found = (v.name.empty() ? v.target : v.name) + ": " + std::move(found),
               .help = {"correct the task's variation", "请更正任务的 variation"}};
}

/// A stream for the variation at `place` of the task's list.
Rng rng_of(const StreamKey& source, const Variation& v, std::size_t place) {
  return Rng(child_key(source, fmt::format("{}/{}/{}/{}", place, static_cast<int>(v.kind), v.name, v.target)));
}

/// "object_2" → {"object", 2}; a name without such an ending → {name, 1}.
std::pair<std::string, int> ordinal_of(const std::string& slot) {
  const auto bar = slot.rfind('_');
  if (bar == std::string::npos || bar + 2 != slot.size()) return {slot, 1};
  const char digit = slot.back();
  return digit >= '2' && digit <= '9' ? std::pair{slot.substr(0, bar), digit - '0'} : std::pair{slot, 1};
}

std::array<double, 4> jittered(const std::array<double, 4>& around, const std::array<double, 4>& half, Rng& rng) {
  std::array<double, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) out[i] = around[i] + rng.uniform(-half[i], half[i]);
  return out;
}

/// A unit vector, direction uniform: rejection from the disc needs no trigonometry.
std::array<double, 2> direction(Rng& rng) {
  while (true) {
    const double x = rng.uniform(-1, 1), y = rng.uniform(-1, 1);
    const double square = x * x + y * y;
    if (square > 1 || square < 1e-4) continue;
    const double length = std::sqrt(square);  // correctly rounded by IEEE 754
    return {x / length, y / length};
  }
}

/// Axes of the world; the reader of the file knows no other names.
std::array<double, 2> push_direction(const std::string& name) {
  if (name == "front") return {1, 0};
  if (name == "back") return {-1, 0};
  if (name == "left") return {0, 1};
  return {0, -1};
}

Result<void> draw_place(const Variation& v, const Slots& slots, Rng rng, Setup& setup) {
  if (v.places.empty()) return cannot_draw(v, "no places are given", "未给出任何位置", "places: []");
  ASSAY_TRY(auto body, fill(v.target, slots));
  const auto& place = v.places[rng.below(v.places.size())];
  setup.poses.push_back({body, jittered(place, v.jitter, rng)});
  return {};
}

Result<void> draw_shuffle(const Variation& v, const Slots& slots, Rng rng, Setup& setup) {
  if (v.places.size() < v.of.size())
    return cannot_draw(v, "fewer places than bodies", "位置数少于物体数",
                       fmt::format("{} places for {} bodies", v.places.size(), v.of.size()));
  auto places = v.places;
  for (std::size_t i = 0; i < v.of.size(); ++i) {
    std::swap(places[i], places[i + rng.below(places.size() - i)]);
    ASSAY_TRY(auto body, fill(v.of[i], slots));
    setup.poses.push_back({body, jittered(places[i], v.jitter, rng)});
  }
  return {};
}

Result<std::int64_t> draw_start(const Variation& v, Rng& rng) {
  if (v.to_ns < v.from_ns)
    return cannot_draw(v, "the window ends before it begins", "时间窗终点早于起点",
                       fmt::format("{}…{} ns", v.from_ns, v.to_ns));
  return v.from_ns + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(v.to_ns - v.from_ns) + 1));
}

Result<void> draw_push(const Variation& v, const Slots& slots, Rng rng, Setup& setup) {
  Push push;
  ASSAY_TRY(push.body, fill(v.target, slots));
  ASSAY_TRY(push.at_ns, draw_start(v, rng));
  const double size = rng.uniform(v.low, v.high);
  const auto [x, y] = v.of.empty() ? direction(rng) : push_direction(v.of[rng.below(v.of.size())]);
  push.impulse_n_s = {size * x, size * y, 0};
  setup.pushes.push_back(push);
  return {};
}

Result<void> draw_bias(const Variation& v, const std::string& sensor, Rng rng, Setup& setup) {
  const double size = rng.uniform(v.low, v.high);
  const auto [x, y] = direction(rng);
  setup.biases.push_back({sensor, {size * x, size * y, 0}});
  return {};
}

Result<void> draw_dropout(const Variation& v, const std::string& sensor, Rng rng, StreamKey key, Setup& setup) {
  const double share = rng.uniform(v.low, v.high);
  if (!(share >= 0 && share <= 1))
    return cannot_draw(v, "a share lies between 0 and 1", "比例应在 0 到 1 之间", fmt::format("{}", share));
  if (v.to_ns != 0 && v.to_ns <= v.from_ns)
    return cannot_draw(v, "the window ends before it begins", "时间窗终点早于起点",
                       fmt::format("{}…{} ns", v.from_ns, v.to_ns));
  const std::int64_t to_ns = v.to_ns != 0 ? v.to_ns : std::numeric_limits<std::int64_t>::max();
  setup.sensor_faults.push_back({sensor, share, v.from_ns, to_ns, key});
  return {};
}

Result<void> draw_blackout(const Variation& v, const std::string& sensor, Rng rng, StreamKey key, Setup& setup) {
  const std::int64_t length_ns = ns_from_s(rng.uniform(v.low, v.high));
  ASSAY_TRY(const auto from_ns, draw_start(v, rng));
  setup.sensor_faults.push_back({sensor, 1, from_ns, from_ns + length_ns, key});
  return {};
}

Result<void> draw_weaken(const Variation& v, const std::string& group, Rng rng, Setup& setup) {
  const double factor = rng.uniform(v.low, v.high);
  if (!(factor > 0 && factor <= 1))
    return cannot_draw(v, "a factor lies above 0 and not above 1", "系数应大于 0 且不超过 1",
                       fmt::format("{}", factor));
  ASSAY_TRY(const auto from_ns, draw_start(v, rng));
  setup.actuator_faults.push_back({group, factor, from_ns});
  return {};
}

Result<void> draw_option(const Variation& v, std::size_t place, const Streams& streams, Rng rng, const Slots& slots,
                         Setup& setup);

/// The source that a kind draws from.
StreamKey source_of(Kind kind, const Streams& streams) {
  switch (kind) {
    case Kind::push:
    case Kind::latency:
    case Kind::weaken:
    case Kind::one_of:
      return streams.disturbance;
    case Kind::bias:
    case Kind::dropout:
    case Kind::blackout:
      return streams.sensor_noise;
    default:
      return streams.scene;
  }
}

Result<void> draw_one(const Variation& v, std::size_t place, const Streams& streams, const Slots& slots, Setup& setup) {
  Rng rng = rng_of(source_of(v.kind, streams), v, place);
  const StreamKey losses = child_key(streams.sensor_noise, fmt::format("losses/{}/{}", place, v.target));
  ASSAY_TRY(const auto target, fill(v.target, slots));
  switch (v.kind) {
    case Kind::choice:
      return {};
    case Kind::place:
      return draw_place(v, slots, rng, setup);
    case Kind::shuffle:
      return draw_shuffle(v, slots, rng, setup);
    case Kind::pose_jitter:
      setup.offsets.push_back({target, jittered({0, 0, 0, 0}, v.jitter, rng)});
      return {};
    case Kind::mass_factor:
      setup.mass.push_back({target, rng.uniform(v.low, v.high)});
      return {};
    case Kind::friction_factor:
      setup.friction.push_back({target, rng.uniform(v.low, v.high)});
      return {};
    case Kind::noise:
      if (v.low > 0) setup.noise.push_back({target, v.low, child_key(streams.sensor_noise, target)});
      return {};
    case Kind::push:
      return draw_push(v, slots, rng, setup);
    case Kind::latency:
      setup.latency_ns = ns_from_s(rng.uniform(v.low, v.high));
      return {};
    case Kind::bias:
      return draw_bias(v, target, rng, setup);
    case Kind::dropout:
      return draw_dropout(v, target, rng, losses, setup);
    case Kind::blackout:
      return draw_blackout(v, target, rng, losses, setup);
    case Kind::weaken:
      return draw_weaken(v, target, rng, setup);
    case Kind::one_of:
      return draw_option(v, place, streams, rng, slots, setup);
  }
  return cannot_draw(v, "unknown kind", "未知类型", std::to_string(static_cast<int>(v.kind)));
}

/// What the option holds draws from streams of its own below the trial's: no option moves another's values.
Result<void> draw_option(const Variation& v, std::size_t place, const Streams& streams, Rng rng, const Slots& slots,
                         Setup& setup) {
  if (v.options.empty()) return cannot_draw(v, "no options are given", "未给出任何选项", "one_of: []");
  const std::size_t option = rng.below(v.options.size());
  const std::string below = fmt::format("one_of/{}/{}", place, option);
  const Streams own = {child_key(streams.scene, below), child_key(streams.sensor_noise, below),
                       child_key(streams.disturbance, below), streams.policy};
  for (std::size_t i = 0; i < v.options[option].size(); ++i) {
    const auto& entry = v.options[option][i];
    if (entry.kind == Kind::choice)
      return cannot_draw(entry, "a choice stands outside one_of", "choice 不能放在 one_of 之内", entry.name);
    ASSAY_RETURN_IF_ERROR(draw_one(entry, i, own, slots, setup));
  }
  return {};
}

std::string bits(double value) { return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(value)); }

template <std::size_t N>
std::string bits(const std::array<double, N>& values) {
  std::string out;
  for (const double value : values) out += " " + bits(value);
  return out;
}

}  // namespace

Streams streams_of(const TrialKey& key) {
  const auto stream = [&](Source source) {
    return stream_key(key.session_seed, key.task, key.level, key.index, source);
  };
  return {stream(Source::scene), stream(Source::sensor_noise), stream(Source::disturbance), stream(Source::policy)};
}

Result<Slots> draw_slots(const Task& task, const Streams& streams) {
  Slots slots;
  for (std::size_t i = 0; i < task.variation.size(); ++i) {
    const auto& v = task.variation[i];
    if (v.kind != Kind::choice) continue;
    auto options = v.of;
    const auto [base, ordinal] = ordinal_of(v.name);
    for (int earlier = 1; earlier < ordinal; ++earlier) {
      const auto taken = slots.find(earlier == 1 ? base : fmt::format("{}_{}", base, earlier));
      if (taken != slots.end()) std::erase(options, taken->second);
    }
    if (options.empty())
      return cannot_draw(v, "nothing is left to choose from", "没有可供选择的取值",
                         fmt::format("{} options", v.of.size()));
    slots[v.name] = options[rng_of(streams.scene, v, i).below(options.size())];
  }
  for (const auto& [slot, words] : task.slot_words)
    if (words.size() == 1) slots.try_emplace(slot, words.begin()->first);
  return slots;
}

int draw_wording(const Task& task, const Streams& streams) {
  if (task.wordings.empty()) return 0;
  return static_cast<int>(Rng(child_key(streams.scene, "wording")).below(task.wordings.size() + 1));
}

Result<void> draw_rest(const Task& task, const Streams& streams, const Slots& slots, Setup& setup) {
  for (std::size_t i = 0; i < task.variation.size(); ++i)
    ASSAY_RETURN_IF_ERROR(draw_one(task.variation[i], i, streams, slots, setup));
  for (std::size_t i = 0; i < task.actors.size(); ++i) {
    const auto& actor = task.actors[i];
    Rng rng(child_key(streams.scene, fmt::format("actor/{}/{}", i, actor.body)));
    setup.actors.push_back({actor, ns_from_s(rng.uniform(actor.start_s_low, actor.start_s_high))});
  }
  for (std::size_t i = 0; i < task.stimuli.size(); ++i) {
    const auto& stimulus = task.stimuli[i];
    Rng rng(child_key(streams.disturbance, fmt::format("stimulus/{}/{}", i, name_of(stimulus.kind))));
    const auto span_ns = static_cast<std::uint64_t>(stimulus.from_high_ns - stimulus.from_low_ns);
    setup.stimuli.push_back({stimulus, stimulus.from_low_ns + static_cast<std::int64_t>(rng.below(span_ns + 1))});
  }
  return {};
}

Result<std::vector<Turn>> draw_dialogue(const Task& task, const Slots& slots, const Streams& streams) {
  std::vector<Turn> out;
  const auto turns = turns_of(task.tags);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    Turn turn = turns[i];
    const auto value = slots.find(turn.slot);
    if (!turn.slot.empty() && (value == slots.end() || value->second != turn.value)) continue;
    ASSAY_TRY(turn.words, in_words(task, slots, turn.words));
    Rng rng(child_key(streams.disturbance, fmt::format("dialogue/{}", i)));
    const auto span_ns = static_cast<std::uint64_t>(turn.from_high_ns - turn.from_low_ns);
    turn.from_low_ns += static_cast<std::int64_t>(rng.below(span_ns + 1));
    turn.from_high_ns = turn.from_low_ns;
    out.push_back(std::move(turn));
  }
  return out;
}

std::string digest_of(const Setup& setup) {
  std::string text =
      fmt::format("assay.initial_state/1\n{} L{}\nworld {}\n", setup.key.task, setup.key.level, setup.world.sha256);
  for (const auto& [slot, value] : setup.instruction.slots) text += fmt::format("slot {} {}\n", slot, value);
  for (const auto& p : setup.poses) text += fmt::format("pose {}{}\n", p.body, bits(p.pose));
  for (const auto& o : setup.offsets) text += fmt::format("offset {}{}\n", o.body, bits(o.offset));
  for (const auto& m : setup.mass) text += fmt::format("mass {} {}\n", m.body, bits(m.factor));
  for (const auto& f : setup.friction) text += fmt::format("friction {} {}\n", f.body, bits(f.factor));
  for (const auto& p : setup.pushes) text += fmt::format("push {} {}{}\n", p.body, p.at_ns, bits(p.impulse_n_s));
  for (const auto& a : setup.actors) text += fmt::format("actor {} {}\n", a.actor.body, a.start_ns);
  for (const auto& n : setup.noise)
    text += fmt::format("noise {} {} {:016x}{:016x}\n", n.sensor, bits(n.sigma), n.key.key, n.key.hi);
  text += fmt::format("latency {}\n", setup.latency_ns);
  if (setup.instruction.wording != 0) text += fmt::format("wording {}\n", setup.instruction.wording);
  for (const auto& b : setup.biases) text += fmt::format("bias {}{}\n", b.sensor, bits(b.offset_m));
  for (const auto& f : setup.sensor_faults)
    text += fmt::format("loss {} {} {} {} {:016x}{:016x}\n", f.sensor, bits(f.share), f.from_ns, f.to_ns, f.key.key,
                        f.key.hi);
  for (const auto& f : setup.actuator_faults)
    text += fmt::format("weaken {} {} {}\n", f.group, bits(f.factor), f.from_ns);
  for (const auto& s : setup.stimuli) text += fmt::format("stimulus {} {}\n", name_of(s.stimulus.kind), s.from_ns);
  for (const auto& turn : turns_of(setup.instruction.tags))
    text += fmt::format("turn {} {} {}\n", turn.answer ? "answer" : "word", turn.from_low_ns, turn.words.en);
  return sha256_hex(text);
}

}  // namespace assay::harness
