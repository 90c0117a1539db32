#include "harness/series.h"

#include <algorithm>
#include <cmath>

namespace assay::harness {

SeriesRun::SeriesRun(const Series& series, const std::vector<PlannedIndicator>& all) : series_(series) {
  for (const auto& indicator : all)
    if (indicator.task == series.task && indicator.level == series.level) indicators_.push_back(indicator);
  walks_.resize(indicators_.size());
  step();
}

std::vector<std::pair<std::string, metrics::Walk>> SeriesRun::put(const TrialRecord& record) {
  const auto same =
      std::find_if(records_.begin(), records_.end(), [&](const TrialRecord& r) { return r.number == record.number; });
  if (same == records_.end())
    records_.push_back(record);
  else
    *same = record;
  std::vector<std::pair<std::string, metrics::Walk>> decided;
  const auto before = walks_;
  step();
  for (std::size_t i = 0; i < walks_.size(); ++i)
    if (before[i].state == StopState::running && walks_[i].state != StopState::running)
      decided.emplace_back(indicators_[i].id, walks_[i]);
  return decided;
}

void SeriesRun::step() {
  for (std::size_t i = 0; i < indicators_.size(); ++i) walks_[i] = metrics::walk(indicators_[i], records_);
  const auto deciding = metrics::deciding_trials(records_, series_.task, series_.level);
  next_index_ = voids_ = 0;
  for (auto it = deciding.find(0); it != deciding.end() && it->first == next_index_; ++it, ++next_index_)
    voids_ += metrics::is_void(*it->second) ? 1 : 0;
  next_audit_ = -1;
  audits_ = 0;
  for (const int index : series_.audit)
    if (deciding.count(kAuditIndex + index) > 0)
      ++audits_;
    else if (next_audit_ < 0)
      next_audit_ = kAuditIndex + index;
}

bool SeriesRun::is_decided(int index) const {
  return is_audit_index(index) ? next_audit_ < 0 || index < next_audit_ : index < next_index_;
}

bool SeriesRun::decided() const {
  return std::all_of(walks_.begin(), walks_.end(), [](const auto& w) { return w.state != StopState::running; });
}

bool SeriesRun::refused() const {
  return std::any_of(walks_.begin(), walks_.end(), [](const auto& w) { return w.state == StopState::refused; });
}

bool SeriesRun::tested() const {
  if (next_index_ >= series_.cap + series_.reserved) return true;
  return decided() && (refused() || next_index_ - voids_ >= series_.least);
}

bool SeriesRun::stopped() const { return tested() && (refused() || next_audit_ < 0); }

int SeriesRun::expected() const {
  if (stopped()) return done();
  const int audit = static_cast<int>(series_.audit.size());
  int most = std::max(next_index_ + 1, std::min(series_.least + voids_, series_.cap + series_.reserved));
  for (std::size_t i = 0; i < walks_.size(); ++i) {
    const auto& walk = walks_[i];
    if (walk.state != StopState::running) continue;
    const bool flawless = std::all_of(walk.successes.begin(), walk.successes.end(), [](bool s) { return s; });
    const auto& design = indicators_[i].design;
    most = std::max(most, flawless ? design.least_n : static_cast<int>(std::ceil(design.expected_at_p1)));
  }
  return most + audit;
}

}  // namespace assay::harness
