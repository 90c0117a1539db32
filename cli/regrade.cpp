#include "cli/regrade.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace assay::cli {
namespace {

using nlohmann::json;

Conformity conformity_from(const std::string& name) {
  for (const auto c : {Conformity::conform, Conformity::inconclusive, Conformity::not_conform})
    if (to_string(c) == name) return c;
  return Conformity::not_tested;
}

Text text_of(const json& value) { return {value.at("en").get<std::string>(), value.at("zh").get<std::string>()}; }

std::optional<reports::Regrade> regrade_of(const std::string& stored) {
  try {
    const json report = json::parse(stored);
    const json &scheme = report.at("scheme"), &grade = report.at("grade");
    reports::Regrade out;
    out.scheme = scheme.at("id").get<std::string>() + " " + scheme.at("version").get<std::string>();
    out.sha256 = scheme.at("sha256");
    out.title = text_of(scheme.at("title"));
    out.grade.overall_level = grade.at("overall_level");
    out.grade.alpha = grade.at("alpha");
    for (const auto& [id, level] : grade.at("dimension_level").items()) out.grade.dimension_level[id] = level;
    for (const auto& x : grade.at("indicators")) {
      IndicatorResult r;
      r.id = x.at("id");
      r.dimension = x.at("dimension");
      r.level = x.at("level");
      r.title = text_of(x.at("title"));
      r.limit = x.at("limit");
      r.confidence = x.at("confidence");
      r.n = x.at("n");
      r.successes = x.at("successes");
      r.attached = x.value("attached", false);
      r.statistic = x.value("statistic", r.statistic);
      r.metric = x.value("metric", "");
      r.unit = x.value("unit", r.unit);
      r.bound = x.value("bound", r.bound);
      r.quantile = x.value("quantile", 0.0);
      r.conformity = conformity_from(x.at("conformity"));
      out.grade.indicators.push_back(std::move(r));
    }
    return out;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<reports::Regrade> regrades_of(const std::vector<std::string>& stored, const std::string& own_sha256) {
  std::vector<reports::Regrade> out;
  for (const auto& text : stored) {
    auto found = regrade_of(text);
    if (!found || found->sha256 == own_sha256) continue;
    std::erase_if(out, [&](const auto& earlier) { return earlier.sha256 == found->sha256; });
    out.push_back(std::move(*found));
  }
  return out;
}

}  // namespace assay::cli
