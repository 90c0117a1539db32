#include <nlohmann/json.hpp>

#include "harness/campaign.h"

// The text is canonical: keys sorted (nlohmann's default map), two spaces, doubles in their shortest form that reads
// back to the same bits. The plan's hash is SHA-256 over exactly this text.
namespace assay {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StopTable, n_max, accept, refuse)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SequentialDesign, p0, p1, alpha, beta, fixed_n, exact_alpha, exact_beta,
                                   expected_at_p0, expected_at_p1, expected_at_one, least_n, table)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedIndicator, id, dimension, level, task, check, vantage, statistic, metric,
                                   bound, limit, quantile, design)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Series, task, level, cap, reserved, least, audit)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Evidence, indicator, document, issuer, date, file, sha256, conforms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Plan, schema, scheme, scheme_sha256, suite_sha256, subject_sha256, embodiment_sha256,
                                   model_sha256, build, engine, division, scope, declared_level, session_seed, subject,
                                   robot_class, earlier_sessions, evidence, order, audit_alpha, alpha, beta, void_cap,
                                   indicators, series)

namespace harness {
namespace {

Error bad_plan(std::string found) {
  return Error{.id = 511,
               .what = {"the stored plan cannot be read", "无法读取已保存的计划"},
               .expected = {"assay.plan/3, as this program writes it", "由本程序写出的 assay.plan/3"},
               .found = std::move(found),
               .help = {"use the version of assay that locked the session", "请使用锁定该次检测时的 assay 版本"}};
}

/// What stepping relies on (core/model/plan.h): sizes, order, a decision at n_max.
bool is_sound(const StopTable& table) {
  const auto size = static_cast<std::size_t>(table.n_max) + 1;
  if (table.n_max < 1 || table.accept.size() != size || table.refuse.size() != size) return false;
  for (std::size_t n = 0; n < size; ++n) {
    if (table.accept[n] >= table.refuse[n]) return false;
    if (n > 0 && (table.accept[n] < table.accept[n - 1] || table.refuse[n] < table.refuse[n - 1])) return false;
  }
  return table.accept.back() + 1 == table.refuse.back();
}

}  // namespace

std::string plan_to_json(const Plan& plan) { return json(plan).dump(2); }

Result<Plan> plan_from_json(const std::string& text) {
  try {
    const json value = json::parse(text);
    auto plan = value.get<Plan>();
    if (plan.schema != Plan{}.schema) return bad_plan("schema: " + plan.schema);
    if (json(plan) != value) return bad_plan("keys that this version does not know");
    for (const auto& indicator : plan.indicators)
      if (!is_sound(indicator.design.table)) return bad_plan("stop table of " + indicator.id);
    for (const int series : plan.order)
      if (series < 0 || static_cast<std::size_t>(series) >= plan.series.size()) return bad_plan("order of trials");
    return plan;
  } catch (const json::exception& e) {
    return bad_plan(e.what());
  }
}

}  // namespace harness
}  // namespace assay
