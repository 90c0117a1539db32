#include "harness/limit_net.h"

#include <algorithm>

#include "metrics/condition.h"

namespace assay::harness {
namespace {

std::string channel_of(const Limit& limit) {
  switch (limit.quantity) {
    case Limit::Quantity::contact_force_n:
      return "contact_force." + limit.id;
    case Limit::Quantity::tcp_speed_m_s:
      return "tcp_speed_m_s";
    case Limit::Quantity::joint_speed_ratio:
      return "joint_speed_ratio";
    case Limit::Quantity::base_speed_m_s:
      return "base_speed_m_s";
    case Limit::Quantity::separation_m:
      return metrics::signal_channels({SignalSpec::Kind::distance, limit.a, limit.b}).at(0).name;
  }
  return {};
}

}  // namespace

void LimitNet::open(const Setup& setup, const RobotDescription& robot) {
  watched_.clear();
  unwatched_.clear();
  for (const auto& limit : setup.limits) {
    const bool in_truth = limit.quantity == Limit::Quantity::separation_m;
    const auto& channels = in_truth ? robot.truth_channels : robot.peak_channels;
    const auto channel = std::find_if(channels.begin(), channels.end(),
                                      [name = channel_of(limit)](const Channel& c) { return c.name == name; });
    if (channel == channels.end())
      unwatched_.push_back(limit.id);
    else
      watched_.push_back({limit, in_truth, false, static_cast<std::size_t>(channel - channels.begin())});
  }
}

std::vector<LimitHit> LimitNet::look(const Sample& sample) {
  std::vector<LimitHit> hits;
  for (auto& watched : watched_) {
    const auto& row = watched.in_truth ? sample.truth : sample.peaks;
    if (watched.caught || watched.column >= row.size()) continue;
    const double value = row[watched.column], limit = watched.limit.value;
    watched.caught = watched.in_truth ? !(value >= limit) : !(value <= limit);  // NaN breaks it
    if (watched.caught) hits.push_back({watched.limit.id, sample.time.ns, value, limit});
  }
  return hits;
}

}  // namespace assay::harness
