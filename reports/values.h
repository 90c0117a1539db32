// Values of a session's trials, put together only where definition, unit and vantage agree; and what a report says
// of them in numbers.
#pragma once

#include <array>
#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/grade.h"
#include "core/model/trial.h"
#include "metrics/statistics/quantiles.h"

namespace assay::reports {

constexpr double kConfidence = 0.95;  ///< of every two-sided interval on measured values

struct ValueKey {
  std::string task;
  int level = 0;
  std::string id;
  int version = 0;
  std::string unit;
  Vantage vantage = Vantage::simulator;
  auto operator<=>(const ValueKey&) const = default;
};

struct Values {
  std::vector<double> sorted;  ///< finite
  int undefined = 0;           ///< trials without a value
};

/// Over the valid, finished trials.
std::map<ValueKey, Values> values_by_series(const std::vector<TrialRecord>& trials);
/// The metric `id` over all series of the session: keys without task and level.
std::map<ValueKey, Values> values_of_session(const std::vector<TrialRecord>& trials, const std::string& id);

constexpr std::array<double, 3> kQuantiles{0.5, 0.95, 0.99};
/// "p50"
std::string quantile_name(double q);
/// One per kQuantiles; none for no values.
std::vector<metrics::QuantileLimits> quantiles_of(const std::vector<double>& sorted);

/// A unit in which a time of about `typical_s` is a number that can be read.
struct TimeUnit {
  double per_second = 1;
  std::string name = "s";
};
TimeUnit time_unit(double typical_s);

/// The unit in which a measured indicator is read: thousandths of metres and seconds where its limit is small.
struct ShownUnit {
  double factor = 1;
  std::string name;
};
ShownUnit shown_unit(const IndicatorResult& indicator);
/// The value for reading: 0 where it is below a millionth of the limit that it stands beside, which is the noise of
/// computing and no digit of a measurement.
double readable(double value, double limit);
/// A measured indicator's value or limit of confidence in shown_unit(), four significant digits; "–" if there is none.
std::string shown_value(const IndicatorResult& indicator, const std::optional<double>& value);

}  // namespace assay::reports
