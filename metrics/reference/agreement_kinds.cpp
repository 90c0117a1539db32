#include <algorithm>
#include <limits>
#include <set>

#include "metrics/input.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"
#include "metrics/statistics/agreement.h"
#include "metrics/statistics/clusters.h"
#include "metrics/statistics/multiplicity.h"
#include "metrics/statistics/prediction_powered.h"
#include "metrics/statistics/ranking.h"
#include "metrics/statistics/rating_reliability.h"
#include "metrics/statistics/studentized_range.h"

namespace assay::metrics {

namespace {

/// A null p (a comparison that was not made) stays null and does not count, as in R.
Result<Json> p_adjust(const Json& input) {
  std::vector<double> p;
  std::vector<std::size_t> place;
  const auto& given = input.at("p");
  for (std::size_t i = 0; i < given.size(); ++i)
    if (!given[i].is_null()) p.push_back(given[i].get<double>()), place.push_back(i);
  ASSAY_TRY(const auto adjusted, adjust_p(p));
  const auto put = [&](const std::vector<double>& values) {
    Json out = Json::array();
    for (std::size_t i = 0; i < given.size(); ++i) out.push_back(nullptr);
    for (std::size_t i = 0; i < values.size(); ++i) out[place[i]] = values[i];
    return out;
  };
  return Json{{"bonferroni", put(adjusted.bonferroni)},
              {"holm", put(adjusted.holm)},
              {"hochberg", put(adjusted.hochberg)},
              {"bh", put(adjusted.bh)},
              {"by", put(adjusted.by)}};
}

Result<Json> cohen(const Json& input) {
  const auto first = input.at("rater1").get<std::vector<int>>(), second = input.at("rater2").get<std::vector<int>>();
  ASSAY_TRY(const auto r, cohen_kappa(first, second, integer(input, "categories")));
  return Json{{"kappa", or_null(r.kappa)},
              {"kappa_linear", or_null(r.linear)},
              {"kappa_quadratic", or_null(r.quadratic)},
              {"psych_weighted_quadratic", or_null(r.quadratic)},
              {"se", or_null(r.se)}};
}

Result<Json> kappa_prevalence(const Json& input) {
  const auto first = input.at("rater1").get<std::vector<int>>(), second = input.at("rater2").get<std::vector<int>>();
  ASSAY_TRY(const auto r, prevalence(first, second, integer(input, "categories")));
  Json agreement = Json::array();
  for (const auto& share : r.agreement) agreement.push_back(or_null(share));
  return Json{{"observed", r.observed},
              {"expected", r.expected},
              {"share1", r.share1},
              {"share2", r.share2},
              {"specific_agreement", agreement},
              {"prevalence_index", or_null(r.prevalence_index)},
              {"bias_index", or_null(r.bias_index)},
              {"prevalence_adjusted", r.prevalence_adjusted},
              {"gwet_ac1", r.gwet_ac1}};
}

Result<Json> fleiss(const Json& input) {
  ASSAY_TRY(const auto r, fleiss_kappa(input.at("counts_rows_subjects").get<std::vector<std::vector<int>>>()));
  return Json{{"kappa", or_null(r.kappa)}, {"randolph", r.randolph}};
}

Result<Json> krippendorff(const Json& input) {
  std::vector<Unit> units;
  for (const auto& row : input.at("units_rows")) {
    Unit unit;
    for (const auto& rating : row)
      unit.push_back(rating.is_null() ? std::nullopt : std::optional<double>(rating.get<double>()));
    units.push_back(std::move(unit));
  }
  ASSAY_TRY(const auto r, krippendorff_alpha(units));
  return Json{{"nominal", or_null(r.nominal)},
              {"ordinal", or_null(r.ordinal)},
              {"interval", or_null(r.interval)},
              {"ratio", or_null(r.ratio)}};
}

Result<Json> icc(const Json& input) {
  const auto ratings = input.at("ratings_rows_subjects").get<std::vector<std::vector<double>>>();
  ASSAY_TRY(const auto r, rating_reliability(ratings, input.value("confidence", 0.95)));
  return Json{{"ICC1", or_null(r.icc1)},
              {"ICC2", or_null(r.icc2)},
              {"ICC3", or_null(r.icc3)},
              {"ICC1k", or_null(r.icc1k)},
              {"ICC2k", or_null(r.icc2k)},
              {"ICC3k", or_null(r.icc3k)},
              {"ICC1_limits", or_null(r.icc1_limits)},
              {"ICC2_limits", or_null(r.icc2_limits)},
              {"ICC3_limits", or_null(r.icc3_limits)}};
}

Result<Json> bradley_terry_kind(const Json& input) {
  const auto players = input.at("players").get<std::vector<std::string>>();
  std::vector<PairOutcomes> pairs;
  for (const auto& pair : input.at("pairs")) {
    PairOutcomes out;
    for (const auto& [member, place] : {std::pair{"a", &out.a}, std::pair{"b", &out.b}})
      *place = static_cast<std::size_t>(std::find(players.begin(), players.end(), text(pair, member)) -
                                        players.begin());  // one past the end is refused below
    out.a_wins = number(pair, "a_wins");
    out.b_wins = number(pair, "b_wins");
    out.ties = pair.value("ties", 0.0);
    pairs.push_back(out);
  }
  ASSAY_TRY(const auto fit, bradley_terry(players.size(), pairs, 0));
  Json out{{"ability_log_ref_first", fit.ability}, {"se", fit.se}, {"deviance", fit.deviance}};
  if (!input.contains("confidence")) return out;
  ASSAY_TRY(const auto limits, bradley_terry_profile(players.size(), pairs, 0, number(input, "confidence")));
  for (const auto& limit : limits) out["profile"].push_back({limit.lower, limit.upper});
  return out;
}

Result<Json> tukey(const Json& input) {
  const auto labels = input.at("group").get<std::vector<std::string>>();
  const auto y = numbers(input, "y");
  ASSAY_RETURN_IF_ERROR(check_same_length("group", labels.size(), "y", y.size()));
  const std::set<std::string> sorted(labels.begin(), labels.end());
  const std::vector<std::string> names(sorted.begin(), sorted.end());
  std::vector<std::vector<double>> groups(names.size());
  for (std::size_t i = 0; i < y.size(); ++i)
    groups[static_cast<std::size_t>(std::lower_bound(names.begin(), names.end(), labels[i]) - names.begin())].push_back(
        y[i]);
  ASSAY_TRY(const auto r, tukey_hsd(groups, number(input, "confidence")));
  Json out{{"anova_F", or_null(r.anova_f)}, {"anova_p", or_null(r.anova_p)}};
  for (const auto& pair : r.pairs) {
    out["pairs"].push_back(names[pair.second] + "-" + names[pair.first]);
    out["diff"].push_back(pair.difference);
    out["lwr"].push_back(or_null(pair.lower));
    out["upr"].push_back(or_null(pair.upper));
    out["p_adj"].push_back(or_null(pair.p_adjusted));
  }
  return out;
}

/// p as a matrix; pairs are written "first-second", and names may hold hyphens themselves.
Result<std::vector<std::vector<double>>> pair_matrix(const Json& input, const std::vector<std::string>& names) {
  const auto pairs = input.at("pairs").get<std::vector<std::string>>();
  const auto p = numbers(input, "p");
  ASSAY_RETURN_IF_ERROR(check_same_length("pairs", pairs.size(), "p", p.size()));
  std::vector<std::vector<double>> out(names.size(), std::vector<double>(names.size(), 1.0));
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = i + 1; j < names.size(); ++j) {
      auto found = std::find(pairs.begin(), pairs.end(), names[i] + "-" + names[j]);
      if (found == pairs.end()) found = std::find(pairs.begin(), pairs.end(), names[j] + "-" + names[i]);
      if (found == pairs.end())
        return bad_input(1038, {"a pair of subjects has no p", "某一对对象缺少 p 值"}, names[i] + "-" + names[j]);
      out[i][j] = out[j][i] = p[static_cast<std::size_t>(found - pairs.begin())];
    }
  }
  return out;
}

Result<Json> letters(const Json& input) {
  const auto names = input.at("names").get<std::vector<std::string>>();
  ASSAY_TRY(const auto p, pair_matrix(input, names));
  ASSAY_TRY(const auto shown, compact_letters(p, number(input, "threshold")));
  Json out{{"letters", Json::object()}};
  for (std::size_t i = 0; i < names.size(); ++i) out["letters"][names[i]] = shown[i];
  return out;
}

/// Which letters are used is free: two subjects must share one exactly if their p is at least the threshold.
double letters_deviation(const Json& input, const Json& expected, const Json& got) {
  constexpr double kApart = std::numeric_limits<double>::infinity();
  const auto names = input.at("names").get<std::vector<std::string>>();
  const auto p = pair_matrix(input, names);
  if (!p || !expected.contains("letters") || !got.contains("letters")) return kApart;
  const double threshold = number(input, "threshold");
  for (const auto& shown : {expected.at("letters"), got.at("letters")}) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!shown.contains(names[i]) || text(shown, names[i].c_str()).empty()) return kApart;
      for (std::size_t j = 0; j < i; ++j) {
        const auto a = text(shown, names[i].c_str()), b = text(shown, names[j].c_str());
        const bool share = a.find_first_of(b) != std::string::npos;
        if (share != ((*p)[i][j] >= threshold)) return kApart;
      }
    }
  }
  return 0;
}

Result<Json> studentized_range(const Json& input) {
  const int k = integer(input, "k");
  const double df = number(input, "df");
  ASSAY_TRY(const double upper, studentized_range_upper(number(input, "q"), k, df));
  ASSAY_TRY(const double quantile, studentized_range_quantile(number(input, "upper"), k, df));
  return Json{{"p_upper", upper}, {"quantile", quantile}};
}

/// clusters: [[successes, n], …]; plan: {n, c, p, cluster_size, icc}.
Result<Json> clustered_trials(const Json& input) {
  std::vector<ClusterCount> clusters;
  for (const auto& cluster : input.at("clusters"))
    clusters.push_back({cluster.at(0).get<int>(), cluster.at(1).get<int>()});
  ASSAY_TRY(const auto r, cluster_correlation(clusters, number(input, "confidence")));
  const auto& plan = input.at("plan");
  ASSAY_TRY(const double acceptance, clustered_acceptance(integer(plan, "n"), integer(plan, "c"), number(plan, "p"),
                                                          integer(plan, "cluster_size"), number(plan, "icc")));
  ASSAY_TRY(const int inflated, inflated_n(integer(plan, "n"), integer(plan, "cluster_size"), number(plan, "icc")));
  return Json{{"icc", or_null(r.icc)},       {"n0", r.n0},
              {"limits", or_null(r.limits)}, {"design_effect", or_null(r.design_effect)},
              {"acceptance", acceptance},    {"inflated_n", inflated}};
}

Result<Json> ppi(const Json& input) {
  ASSAY_TRY(const auto r, prediction_powered_mean(numbers(input, "real"), numbers(input, "sim_on_real_scenarios"),
                                                  numbers(input, "sim_extra"), number(input, "confidence")));
  if (!r)
    return Json{
        {"lambda", nullptr}, {"estimate", nullptr}, {"se", nullptr}, {"ci", nullptr}, {"classical_ci", nullptr}};
  return Json{{"lambda", r->lambda},
              {"estimate", r->estimate},
              {"se", r->se},
              {"ci", r->interval},
              {"classical_ci", r->classical_interval}};
}

}  // namespace

void register_agreement_kinds(ReferenceRegistry& registry) {
  registry.add({"p_adjust", "adjust_p (metrics/statistics/multiplicity.h)", p_adjust});
  registry.add({"cohen_kappa", "cohen_kappa (metrics/statistics/agreement.h)", cohen});
  registry.add({"kappa_prevalence", "prevalence (metrics/statistics/agreement.h)", kappa_prevalence});
  registry.add({"fleiss_kappa", "fleiss_kappa (metrics/statistics/agreement.h)", fleiss});
  registry.add({"krippendorff_alpha", "krippendorff_alpha (metrics/statistics/agreement.h)", krippendorff});
  registry.add({"icc", "rating_reliability (metrics/statistics/rating_reliability.h)", icc});
  registry.add(
      {"bradley_terry", "bradley_terry, bradley_terry_profile (metrics/statistics/ranking.h)", bradley_terry_kind});
  registry.add({"tukey_hsd", "tukey_hsd (metrics/statistics/studentized_range.h)", tukey});
  registry.add(
      {"compact_letters", "compact_letters (metrics/statistics/multiplicity.h)", letters, {}, letters_deviation});
  registry.add({"ppi_mean", "prediction_powered_mean (metrics/statistics/prediction_powered.h)", ppi});
  registry.add({"studentized_range",
                "studentized_range_upper, studentized_range_quantile (metrics/statistics/studentized_range.h)",
                studentized_range});
  registry.add({"clustered_trials",
                "cluster_correlation, clustered_acceptance, inflated_n (metrics/statistics/clusters.h)",
                clustered_trials});
}

}  // namespace assay::metrics
