#include "adapters/mujoco/protection.h"

#include <algorithm>
#include <cmath>

#include "adapters/mujoco/faults.h"

namespace assay::mujoco {

using Kind = Stimulus::Kind;

Result<Protection> Protection::make(const Setup& setup, const SafetyDefects& defects) {
  Protection out;
  out.defects_ = defects;
  for (const auto& run : setup.stimuli) {
    const Stimulus& s = run.stimulus;
    const bool sound = run.from_ns >= 0 && std::isfinite(s.speed_m_s) && std::isfinite(s.separation_m) &&
                       std::isfinite(s.hold_s) && std::isfinite(s.limit_m_s) && std::isfinite(s.offset) &&
                       std::isfinite(s.ratio) && s.category >= 0 && s.category <= 2;
    if (!sound || out.has(name_of(s.kind))) return setup_does_not_fit(std::string("stimulus ") + name_of(s.kind));
    Item item;
    item.run = run;
    out.stimuli_.push_back(item);
  }
  return out;
}

const Protection::Item* Protection::find(const std::string& name) const {
  for (const auto& item : stimuli_)
    if (name == name_of(item.run.stimulus.kind)) return &item;
  return nullptr;
}

const Stimulus* Protection::standing(Kind kind) const {
  const Item* item = find(name_of(kind));
  return item != nullptr && item->standing() ? &item->run.stimulus : nullptr;
}

const Stimulus* Protection::take_grip_loss() {
  const Stimulus* loss = grip_lost_ ? nullptr : standing(Kind::grip_loss);
  grip_lost_ = grip_lost_ || loss != nullptr;
  return loss;
}

/// A stop of its own, for which nobody asked: begins once.
bool Protection::notices_by_itself(std::int64_t now_ns, const Seen& seen) {
  const bool alarm = (seen.sensors_doubtful && defects_.ignores_sensor_faults == 0) ||
                     (seen.load_lost && defects_.ignores_grip_loss == 0);
  if (alarm && alarm_ns_ < 0) alarm_ns_ = now_ns;
  if (alarmed_ || alarm_ns_ < 0 || now_ns < alarm_ns_ + ns_from_s(defects_.stop_delay_s)) return false;
  alarmed_ = true;
  return true;
}

bool Protection::wants_separation() const {
  return std::any_of(stimuli_.begin(), stimuli_.end(),
                     [](const Item& item) { return item.run.stimulus.separation_m > 0 && item.requested_ns < 0; });
}

/// The outside: begins and ends a stimulus.
void Protection::give(Item& item, std::int64_t now_ns, const Seen& seen) const {
  const Stimulus& s = item.run.stimulus;
  if (item.requested_ns < 0) {
    const bool fast = !(s.speed_m_s > 0) || seen.speed_m_s >= s.speed_m_s;
    const bool near = !(s.separation_m > 0) || seen.nearest_person_m <= s.separation_m;
    if (seen.carries && item.carries_ns < 0) item.carries_ns = now_ns;
    const bool grips = s.kind == Kind::grip_loss;  // its time counts from when something is carried
    const bool due = grips ? item.carries_ns >= 0 && seen.carries && now_ns >= item.carries_ns + item.run.from_ns
                           : now_ns >= item.run.from_ns;
    if (due && fast && near) item.requested_ns = now_ns;
  } else if (item.released_ns < 0 && s.hold_s > 0 && now_ns >= item.requested_ns + ns_from_s(s.hold_s)) {
    item.released_ns = now_ns;
  }
}

/// The robot: which stop it makes of a stimulus, once.
std::optional<StopCategory> Protection::answer(Item& item, std::int64_t now_ns) const {
  const Stimulus& s = item.run.stimulus;
  const bool asks = s.kind == Kind::stop || s.kind == Kind::communication_loss || s.kind == Kind::power_loss;
  if (item.acted || item.requested_ns < 0 || !asks) return std::nullopt;
  if (s.separation_m > 0 && defects_.ignores_person) return std::nullopt;
  std::int64_t due_ns = item.requested_ns + ns_from_s(defects_.stop_delay_s);
  if (s.kind == Kind::communication_loss) {
    due_ns = item.requested_ns + ns_from_s(defects_.watchdog_s);
    if (item.released_ns >= 0 && item.released_ns < due_ns) return std::nullopt;  // back in time
  }
  if (now_ns < due_ns) return std::nullopt;
  item.acted = true;
  if (s.kind == Kind::power_loss) return StopCategory::cat0;
  return s.kind == Kind::stop ? static_cast<StopCategory>(s.category) : StopCategory::cat1;
}

Protection::Order Protection::look(std::int64_t now_ns, const Seen& seen) {
  Order order;
  link_lost_ = false;
  limit_m_s_.reset();
  bool held = false;
  if (notices_by_itself(now_ns, seen)) order.stop = StopCategory::cat1;
  for (auto& item : stimuli_) {
    const Stimulus& s = item.run.stimulus;
    give(item, now_ns, seen);
    if (const auto category = answer(item, now_ns)) {
      if (!order.stop || *category < *order.stop) order.stop = category;
    }
    if (s.kind == Kind::speed_limit) {
      if (item.standing()) limit_m_s_ = s.limit_m_s;
      continue;
    }
    if (s.kind == Kind::presence || s.kind == Kind::over_command) {
      if (item.standing() && item.confirmed_ns < 0 && seen.at_rest) item.confirmed_ns = now_ns;
      continue;
    }
    if (s.kind == Kind::sensor_fault || s.kind == Kind::grip_loss) {
      if (item.requested_ns >= 0 && item.confirmed_ns < 0 && seen.at_rest && !order.stop) item.confirmed_ns = now_ns;
      held = held || (alarmed_ && item.standing());
      continue;
    }
    if (s.kind == Kind::communication_loss && item.standing()) link_lost_ = true;
    if (item.acted && item.confirmed_ns < 0 && seen.at_rest && !order.stop) item.confirmed_ns = now_ns;
    held = held || (item.acted && item.released_ns < 0);
  }
  if (order.stop) stopping_ = true;
  if (stopping_ && !held && defects_.restarts_after_stop && !order.stop) {
    stopping_ = false;
    order.go = true;
  }
  return order;
}

void Protection::read(const std::string& name, std::vector<double>& row) const {
  const Item* item = find(name);
  if (item == nullptr) return;
  if (item->run.stimulus.kind == Kind::speed_limit) {
    row.push_back(item->standing() ? item->run.stimulus.limit_m_s : 0);
    return;
  }
  for (const auto t_ns : {item->requested_ns, item->confirmed_ns, item->released_ns})
    row.push_back(t_ns < 0 ? -1 : static_cast<double>(t_ns) * 1e-9);
  if (item->run.stimulus.kind == Kind::over_command) row.push_back(rated_m_s_);
}

}  // namespace assay::mujoco
