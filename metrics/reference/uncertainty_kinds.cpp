// Reference kinds of quantiles and tolerance, decisions under uncertainty, GUM, extreme values.
#include <cmath>
#include <limits>

#include "metrics/input.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"
#include "metrics/statistics/conformance.h"
#include "metrics/statistics/extremes.h"
#include "metrics/statistics/quantiles.h"
#include "metrics/statistics/uncertainty.h"

namespace assay::metrics {

namespace {

constexpr double kOpen = std::numeric_limits<double>::infinity();

/// A limit that is null or absent leaves its side open.
double limit(const Json& in, const char* member, double open) {
  return in.contains(member) ? maybe_number(in, member).value_or(open) : open;
}

Result<Json> order_ci(const Json& in) {
  ASSAY_TRY(const auto r, quantile_ranks(integer(in, "n"), number(in, "q"), number(in, "confidence")));
  return Json{{"lower_rank", r.lower.value_or(0)},  // the kind writes 0 for none
              {"upper_rank", or_null(r.upper)},
              {"lower_exists", r.lower.has_value()},
              {"upper_exists", r.upper.has_value()},
              {"coverage", r.coverage},
              {"one_sided_upper_rank", or_null(r.one_sided_upper)},
              {"one_sided_upper_exists", r.one_sided_upper.has_value()}};
}

Result<Json> wilks(const Json& in) {
  Json list = Json::array();
  for (const int order : {1, 2, 3}) {
    ASSAY_TRY(const int n, wilks_n(order, number(in, "coverage"), number(in, "confidence")));
    list.push_back(n);
  }
  return Json{{"n_one_sided_order_1_2_3", list}, {"n_two_sided_first_order", list[1]}};
}

Result<Json> tolerance_k(const Json& in) {
  ASSAY_TRY(const double k, normal_tolerance_k(integer(in, "n"), number(in, "coverage"), number(in, "confidence")));
  return Json{{"k_one_sided", k}};
}

Result<Json> quantiles(const Json& in) {
  const auto data = numbers(in, "data"), q = numbers(in, "q");
  ASSAY_TRY(const auto linear, sample_quantiles(data, q, QuantileType::linear));
  ASSAY_TRY(const auto nearest, sample_quantiles(data, q, QuantileType::nearest_rank));
  ASSAY_TRY(const auto unbiased, sample_quantiles(data, q, QuantileType::median_unbiased));
  return Json{{"type7", linear}, {"type1_nearest_rank", nearest}, {"type8", unbiased}};
}

Result<Json> one_sided(const Json& in) {
  const double y = number(in, "y"), u = number(in, "u"), upper = number(in, "upper_tolerance");
  ASSAY_TRY(const auto guard, guard_upper(y, u, upper));
  ASSAY_TRY(const double five, accept_limit_for(upper, u, 0.05));
  ASSAY_TRY(const double half, accept_limit_for(upper, u, 0.025));
  return Json{{"p_conform", guard.p_conform},
              {"pfa", guard.pfa},
              {"accept_limit_w_eq_U_k2", guard.accept_limit},
              {"pass_w_eq_U", guard.pass_guarded},
              {"accept_limit_pfa_0.05", five},
              {"accept_limit_pfa_0.025", half},
              {"pass_simple", guard.pass_simple}};
}

Result<Json> two_sided(const Json& in) {
  ASSAY_TRY(const double p, conformance_probability(number(in, "y"), number(in, "u"), limit(in, "lower", -kOpen),
                                                    limit(in, "upper", kOpen)));
  return Json{{"p_conform", p}};
}

Result<Json> risks(const Json& in) {
  Conformance c;
  c.process_mean = number(in, "process_mean");
  c.process_sd = number(in, "process_sd");
  c.u_meas = number(in, "u_meas");
  c.lower = limit(in, "lower", -kOpen);
  c.upper = limit(in, "upper", kOpen);
  c.guard_w = in.value("guard_w", 0.0);
  ASSAY_TRY(const auto risk, global_risk(c));
  return Json{{"consumer_risk", risk.consumer}, {"producer_risk", risk.producer}};
}

Result<Json> gum(const Json& in) {
  std::vector<double> dof;  // null: infinite
  for (const auto& one : in.at("dof")) dof.push_back(one.is_null() ? kInfiniteDof : one.get<double>());
  ASSAY_TRY(const auto r,
            expanded_uncertainty(numbers(in, "u"), numbers(in, "sensitivity"), dof, number(in, "confidence")));
  const bool finite = r.nu_eff && std::isfinite(*r.nu_eff);
  return Json{{"u_c", r.u_c},
              {"nu_eff", finite ? Json(*r.nu_eff) : Json(nullptr)},
              {"k_floor_dof", or_null(r.k)},
              {"U", or_null(r.U)}};
}

Result<Json> extreme_quantiles(const Json& in) {
  const ExtremeLaw law{number(in, "loc"), number(in, "scale"), number(in, "shape")};
  ASSAY_TRY(const double gev, gev_quantile(law, number(in, "p")));
  ASSAY_TRY(const double gpd, gpd_quantile(law, number(in, "p")));
  return Json{{"gev", gev}, {"gpd", gpd}};
}

}  // namespace

void register_uncertainty_kinds(ReferenceRegistry& registry) {
  registry.add({"quantile_order_ci", "quantile_ranks (metrics/statistics/quantiles.h)", order_ci});
  registry.add({"wilks", "wilks_n (metrics/statistics/quantiles.h)", wilks});
  registry.add({"normal_tolerance_k", "normal_tolerance_k (metrics/statistics/quantiles.h)", tolerance_k});
  registry.add({"sample_quantile", "sample_quantiles (metrics/statistics/quantiles.h)", quantiles});
  registry.add({"guard_one_sided", "guard_upper, accept_limit_for (metrics/statistics/conformance.h)", one_sided});
  registry.add({"guard_two_sided", "conformance_probability (metrics/statistics/conformance.h)", two_sided});
  registry.add({"global_risk", "global_risk (metrics/statistics/conformance.h)", risks});
  registry.add({"gum", "expanded_uncertainty (metrics/statistics/uncertainty.h)", gum});
  registry.add({"gev_gpd_quantile", "gev_quantile, gpd_quantile (metrics/statistics/extremes.h)", extreme_quantiles});
}

}  // namespace assay::metrics
