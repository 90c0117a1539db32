// Reference kinds of sequential certification and e-processes.
#include <charconv>
#include <string_view>

#include "metrics/input.h"
#include "metrics/reference/kinds.h"
#include "metrics/reference/read.h"
#include "metrics/sequential.h"
#include "metrics/statistics/after_stopping.h"
#include "metrics/statistics/eprocess.h"
#include "metrics/statistics/truncated_sprt.h"

namespace assay::metrics {

namespace {

TruncatedSprt rule_of(const Json& input) {
  return {number(input, "p0"),    number(input, "p1"),     number(input, "log_A"),
          number(input, "log_B"), integer(input, "n_max"), integer(input, "accept_failures_at_n_max")};
}

Result<Json> truncated_sprt_oc(const Json& input) {
  ASSAY_TRY(const auto table, truncated_sprt_table(rule_of(input)));
  Json out;
  for (const double p : numbers(input, "p")) {
    ASSAY_RETURN_IF_ERROR(check_probability("p", p));
    const auto c = characteristics(table, p);
    out["expected_n"].push_back(c.expected_n);
    out["p_certify"].push_back(c.accept);
    out["p_refuse"].push_back(c.refuse);
  }
  constexpr std::size_t kFirst = 10;
  for (std::size_t n = 1; n <= kFirst && n < table.accept.size(); ++n) {
    out["accept_first_10"].push_back(table.accept[n]);
    out["refuse_first_10"].push_back(table.refuse[n]);
  }
  out["accept_at_n_max"] = table.accept.back();
  return out;
}

Result<Json> post_sequential_ci(const Json& input) {
  constexpr double kConfidence = 0.95;
  ASSAY_TRY(const auto table, truncated_sprt_table(rule_of(input)));
  const int n = integer(input, "stopped_n"), failures = integer(input, "failures");
  ASSAY_TRY(const auto estimate, estimate_after_stopping(table, n, failures, kConfidence));
  const auto decision = text(input, "decision");
  if (decision != "certify" && decision != "refuse")
    return bad_input(1038, {"decision must be certify or refuse", "decision 须为 certify 或 refuse"}, decision);
  if (estimate.state != (decision == "certify" ? StopState::accepted : StopState::refused))
    return bad_input(1036, {"the plan does not end so at this point", "方案在该点不作此判定"}, decision);
  return Json{{"lower_95_one_sided", estimate.lower},
              {"two_sided_95", {estimate.interval_lower, estimate.interval_upper}},
              {"median_unbiased_from_lower", estimate.median_unbiased}};
}

Error unknown_prior(const std::string& found) {
  return bad_input(1038, {"unknown form of a prior", "无法识别的先验写法"}, found);
}

/// The priors in a text, in order: "Beta(1,1) truncated to (p0,1)", "a~Beta(1,2), b~Beta(2,1)".
Result<std::vector<BetaPrior>> priors_of(const std::string& words, std::size_t count) {
  constexpr std::string_view kName = "Beta(";
  std::vector<BetaPrior> priors;
  for (auto at = words.find(kName); at != std::string::npos; at = words.find(kName, at + 1)) {
    const char* const end = words.data() + words.size();
    BetaPrior prior;
    const auto a = std::from_chars(words.data() + at + kName.size(), end, prior.a);
    if (a.ec != std::errc{} || a.ptr == end || *a.ptr != ',') return unknown_prior(words);
    const char* start = a.ptr + 1;
    while (start != end && *start == ' ') ++start;
    const auto b = std::from_chars(start, end, prior.b);
    if (b.ec != std::errc{} || b.ptr == end || *b.ptr != ')') return unknown_prior(words);
    priors.push_back(prior);
  }
  if (priors.size() != count) return unknown_prior(words);
  return priors;
}

Result<Json> eprocess_beta_mixture(const Json& input) {
  ASSAY_TRY(const auto prior, priors_of(input.value("prior", "Beta(1,1) truncated to (p0,1)"), 1));
  ASSAY_TRY(const double log_e,
            log_e_beta_mixture(integer(input, "successes"), integer(input, "failures"), number(input, "p0"), prior[0]));
  return Json{{"log_e", log_e}};
}

/// alternative: "p_b>p_a" or "p_a>p_b".
Result<Json> eprocess_turner_grunwald(const Json& input) {
  ASSAY_TRY(const auto priors, priors_of(input.value("priors", "a~Beta(1,2), b~Beta(2,1)"), 2));
  const auto &a = priors[0], &b = priors[1];
  const auto outcomes_a = input.at("a").get<std::vector<int>>(), outcomes_b = input.at("b").get<std::vector<int>>();
  const auto alternative = input.value("alternative", "p_b>p_a");
  if (alternative != "p_b>p_a" && alternative != "p_a>p_b")
    return bad_input(1038, {"alternative must be p_b>p_a or p_a>p_b", "备择须为 p_b>p_a 或 p_a>p_b"}, alternative);
  const bool b_better = alternative == "p_b>p_a";
  ASSAY_TRY(const auto path, b_better ? log_e_two_streams(outcomes_a, outcomes_b, a, b)
                                      : log_e_two_streams(outcomes_b, outcomes_a, b, a));
  return Json{{"log_e_path", path}};
}

}  // namespace

void register_sequential_kinds(ReferenceRegistry& registry) {
  registry.add({"truncated_sprt_oc",
                "truncated_sprt_table (metrics/statistics/truncated_sprt.h), characteristics (metrics/sequential.h)",
                truncated_sprt_oc});
  registry.add(
      {"post_sequential_ci", "estimate_after_stopping (metrics/statistics/after_stopping.h)", post_sequential_ci});
  registry.add({"eprocess_beta_mixture", "log_e_beta_mixture (metrics/statistics/eprocess.h)", eprocess_beta_mixture});
  registry.add(
      {"eprocess_turner_grunwald", "log_e_two_streams (metrics/statistics/eprocess.h)", eprocess_turner_grunwald});
}

}  // namespace assay::metrics
