// Measurement uncertainty by propagation of distributions (JCGM 101:2008): draws from the laws of the inputs go through
// the model, the coverage interval is read from the sorted results. For models that are not near linear, or one input
// of bounded law that rules. Pure: the same key gives the same answer; draws use + − × ÷ √ only.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "metrics/statistics/interval.h"

namespace assay::metrics {

/// What is known of one input; in the input's unit.
struct InputLaw {
  enum class Kind { normal, rectangular, triangular, u_shaped, student };
  Kind kind = Kind::normal;
  double a = 0;    ///< normal: mean; student: location; else lower end
  double b = 0;    ///< normal: standard deviation ≥ 0; student: scale ≥ 0; else upper end ≥ a
  double dof = 0;  ///< student: degrees of freedom ≥ 2

  static InputLaw normal(double mean, double sd) { return {Kind::normal, mean, sd, 0}; }
  static InputLaw rectangular(double lower, double upper) { return {Kind::rectangular, lower, upper, 0}; }
  static InputLaw triangular(double lower, double upper) { return {Kind::triangular, lower, upper, 0}; }
  /// Arcsine: the values of a sinusoid of unknown phase.
  static InputLaw u_shaped(double lower, double upper) { return {Kind::u_shaped, lower, upper, 0}; }
  /// JCGM 101, 6.4.9: location + scale·t; from n readings scale = s/√n, dof = n − 1.
  static InputLaw student(double location, double scale, double dof) { return {Kind::student, location, scale, dof}; }
};

struct MonteCarloOptions {
  int trials = 1'000'000;  ///< 100 … 20 000 000; eight bytes each
  double coverage = 0.95;
  StreamKey key;  ///< each input reads a stream of its own below it
};

struct MonteCarloResult {
  double mean = 0, u = 0;  ///< mean and standard deviation (n − 1) of the results
  Interval symmetric;      ///< equal probability beyond both ends (JCGM 101, 7.7.2)
  Interval shortest;       ///< of all intervals with that coverage (5.3.4)
  int trials = 0;
};

/// `model` maps one value per input to the result; it must be pure. An exception from it is ASSAY-1042, a result that
/// is not finite ASSAY-1030. Errors besides: ASSAY-1033 no input, ASSAY-1030, ASSAY-1032 law or number of trials,
/// ASSAY-1031 coverage, ASSAY-1036 no model. Source: JCGM 101:2008, 7.
Result<MonteCarloResult> propagate(std::span<const InputLaw> inputs,
                                   const std::function<double(std::span<const double>)>& model,
                                   const MonteCarloOptions& options);

/// Whether y ± U of the GUM may stand in for the Monte Carlo interval: both ends differ by at most ½·10^r, u = c·10^r
/// with `digits` significant digits in c (JCGM 101, 7.9.2 and 8.1).
struct GumComparison {
  double d_low = 0, d_high = 0, tolerance = 0;
  bool agrees = false;
};
/// Errors: ASSAY-1030, ASSAY-1032 U < 0, u ≤ 0 or digits < 1.
Result<GumComparison> compare_with_gum(double y, double U, double u, const Interval& interval, int digits);

}  // namespace assay::metrics
