#include "metrics/statistics/monte_carlo.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <string>

#include "metrics/input.h"

namespace assay::metrics {

namespace {

/// χ² with dof ≥ 2 degrees of freedom: twice a gamma variate (Marsaglia & Tsang, ACM TOMS 26 (2000) 363).
double chi_square(Rng& rng, double dof) {
  const double d = dof / 2 - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = rng.normal(), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root, u = 1 - rng.uniform();  // (0, 1]
    if (portable_log(u) < x * x / 2 + d - d * v + d * portable_log(v)) return 2 * d * v;
  }
}

/// cos of a uniform angle without a cosine: a point of the unit disc, its angle doubled.
double arcsine(Rng& rng) {
  while (true) {
    const double x = rng.uniform(-1, 1), y = rng.uniform(-1, 1), r = x * x + y * y;
    if (r > 0 && r <= 1) return (x * x - y * y) / r;
  }
}

double draw(Rng& rng, const InputLaw& law) {
  const double centre = law.a + (law.b - law.a) / 2, half = (law.b - law.a) / 2;
  switch (law.kind) {
    case InputLaw::Kind::normal:
      return law.a + law.b * rng.normal();
    case InputLaw::Kind::rectangular:
      return centre + half * (2 * rng.uniform() - 1);
    case InputLaw::Kind::triangular:
      return centre + half * (rng.uniform() - rng.uniform());
    case InputLaw::Kind::u_shaped:
      return centre + half * arcsine(rng);
    case InputLaw::Kind::student: {
      const double z = rng.normal();
      return law.a + law.b * z / std::sqrt(chi_square(rng, law.dof) / law.dof);
    }
  }
  return law.a;
}

Result<void> check(std::span<const InputLaw> inputs) {
  ASSAY_RETURN_IF_ERROR(check_size("inputs", inputs.size(), 1));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& law = inputs[i];
    const auto name = "input " + std::to_string(i);
    ASSAY_RETURN_IF_ERROR(check_finite(name, law.a));
    ASSAY_RETURN_IF_ERROR(check_finite(name, law.b));
    const bool spread = law.kind == InputLaw::Kind::normal || law.kind == InputLaw::Kind::student;
    ASSAY_RETURN_IF_ERROR(check_at_least(name, law.b, spread ? 0 : law.a));
    if (law.kind == InputLaw::Kind::student) ASSAY_RETURN_IF_ERROR(check_at_least(name + " dof", law.dof, 2));
  }
  return {};
}

Result<std::vector<double>> results(std::span<const InputLaw> inputs,
                                    const std::function<double(std::span<const double>)>& model, int trials,
                                    const StreamKey& key) {
  std::vector<Rng> streams;
  for (std::size_t i = 0; i < inputs.size(); ++i) streams.emplace_back(child_key(key, "input " + std::to_string(i)));
  std::vector<double> x(inputs.size()), y(static_cast<std::size_t>(trials));
  for (auto& one : y) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = draw(streams[i], inputs[i]);
    try {
      one = model(x);
    } catch (const std::exception& e) {
      return bad_input(1042, {"the model refuses an input", "测量模型拒绝该输入"}, e.what());
    }
    ASSAY_RETURN_IF_ERROR(check_finite("the model's result", one));
  }
  return y;
}

}  // namespace

Result<MonteCarloResult> propagate(std::span<const InputLaw> inputs,
                                   const std::function<double(std::span<const double>)>& model,
                                   const MonteCarloOptions& options) {
  ASSAY_RETURN_IF_ERROR(check(inputs));
  ASSAY_RETURN_IF_ERROR(check_open_probability("coverage", options.coverage));
  if (options.trials < 100 || options.trials > 20'000'000)
    return bad_input(1032, {"the number of trials must be 100 to 20 000 000", "抽样次数必须为 100 至 20 000 000"},
                     std::to_string(options.trials));
  if (!model) return bad_input(1036, {"no model", "缺少测量模型"}, "");
  ASSAY_TRY(auto y, results(inputs, model, options.trials, options.key));
  MonteCarloResult out;
  out.trials = options.trials;
  const auto n = static_cast<double>(options.trials);
  const double origin = y.front();  // sums around it keep their digits
  double sum = 0;
  for (const double one : y) sum += one - origin;
  out.mean = origin + sum / n;
  double squares = 0;
  for (const double one : y) squares += (one - out.mean) * (one - out.mean);
  out.u = std::sqrt(squares / (n - 1));
  std::sort(y.begin(), y.end());
  const auto inside = std::min(static_cast<std::size_t>(options.coverage * n + 0.5), y.size() - 1);
  const std::size_t below = (y.size() - inside) / 2;
  const std::size_t first = below == 0 ? 0 : below - 1;
  out.symmetric = {y[first], y[first + inside]};
  std::size_t best = 0;
  for (std::size_t i = 0; i + inside < y.size(); ++i)
    if (y[i + inside] - y[i] < y[best + inside] - y[best]) best = i;
  out.shortest = {y[best], y[best + inside]};
  return out;
}

Result<GumComparison> compare_with_gum(double y, double U, double u, const Interval& interval, int digits) {
  ASSAY_RETURN_IF_ERROR(check_finite("y", y));
  ASSAY_RETURN_IF_ERROR(check_at_least("U", U, 0));
  ASSAY_RETURN_IF_ERROR(check_positive("u", u));
  ASSAY_RETURN_IF_ERROR(check_finite("the interval's lower end", interval.lower));
  ASSAY_RETURN_IF_ERROR(check_finite("the interval's upper end", interval.upper));
  ASSAY_RETURN_IF_ERROR(check_at_least("digits", digits, 1));
  const double r = std::floor(std::log10(u)) - (digits - 1);
  GumComparison out{std::abs(y - U - interval.lower), std::abs(y + U - interval.upper), 0.5 * std::pow(10, r), false};
  out.agrees = out.d_low <= out.tolerance && out.d_high <= out.tolerance;
  return out;
}

}  // namespace assay::metrics
