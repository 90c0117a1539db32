#include "metrics/reference/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/input.h"
#include "metrics/reference/kinds.h"

namespace assay::metrics {

namespace {

constexpr double kApart = std::numeric_limits<double>::infinity();

struct Comparison {
  double worst = 0;
  std::string path, expected, got;
};

void note(Comparison& out, double deviation, const std::string& path, const Json& expected, const std::string& got) {
  if (!(deviation > out.worst)) return;
  out = {deviation, path, expected.dump(), got};
}

/// Member by member, in the order of `expected`; what the library answers beyond it is not looked at.
void compare(const Json& expected, const Json& got, const std::string& path, Comparison& out) {
  if (expected.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      const auto inner = path + "/" + key;
      if (!got.is_object() || !got.contains(key))
        note(out, kApart, inner, value, "no answer");
      else
        compare(value, got[key], inner, out);
    }
  } else if (expected.is_array()) {
    if (!got.is_array() || got.size() != expected.size()) return note(out, kApart, path, expected, got.dump());
    for (std::size_t i = 0; i < expected.size(); ++i) compare(expected[i], got[i], fmt::format("{}/{}", path, i), out);
  } else if (expected.is_number()) {
    const double want = expected.get<double>();
    const double have = got.is_number() ? got.get<double>() : std::nan("");
    const double deviation = std::isfinite(have) ? std::abs(have - want) / std::max(1.0, std::abs(want)) : kApart;
    note(out, deviation, path, expected, got.dump());
  } else if (got != expected) {
    note(out, kApart, path, expected, got.dump());
  }
}

Result<Json> compute(const ReferenceKind& kind, const Json& input) {
  try {
    return kind.compute(input);
  } catch (const Json::exception& e) {
    return bad_input(1041,
                     {"The case's input does not have the members of its kind", "该用例的输入不具备其类别要求的字段"},
                     e.what());
  } catch (const std::exception& e) {  // a library's refusal, e.g. Boost.Math's domain error
    return bad_input(1042, {"The library refuses this input", "函数库拒绝该输入"}, e.what());
  }
}

/// Empty where the case passed.
std::vector<ReferenceFailure> run_case(const ReferenceKind& kind, const Json& c, ReferenceTally& tally) {
  ReferenceFailure failure;
  failure.kind = kind.kind;
  failure.id = c.value("id", "");
  const double tolerance = c.at("tol_rel").get<double>();
  tally.tolerance_min = tally.cases == 1 ? tolerance : std::min(tally.tolerance_min, tolerance);
  tally.tolerance_max = std::max(tally.tolerance_max, tolerance);
  failure.tolerance = tolerance;
  failure.deviation = kApart;
  const auto got = compute(kind, c.at("input"));
  if (!got) {
    failure.expected = c.at("expected").dump();
    failure.got = fmt::format("ASSAY-{:04}: {} ({})", got.error().id, got.error().what.en, got.error().found);
    return {failure};
  }
  Json expected = c.at("expected");
  for (const auto& member : kind.informational)
    if (expected.is_object()) expected.erase(member);
  Comparison worst;
  if (kind.deviation) {
    const double deviation = kind.deviation(c.at("input"), expected, *got);
    if (deviation > 0) worst = {deviation, "", expected.dump(), got->dump()};
  } else {
    compare(expected, *got, "", worst);
  }
  tally.worst_deviation = std::max(tally.worst_deviation, worst.worst);
  if (worst.worst <= tolerance) return {};
  failure.path = worst.path;
  failure.expected = worst.expected;
  failure.got = worst.got;
  failure.deviation = worst.worst;
  return {failure};
}

std::string malformed(const Json& c) {
  if (!c.is_object()) return "the case is not an object";
  for (const char* member : {"kind", "tol_rel", "input", "expected"})
    if (!c.contains(member)) return fmt::format("the case has no member \"{}\"", member);
  if (!c["kind"].is_string()) return "\"kind\" is not a string";
  if (c.contains("id") && !c["id"].is_string()) return "\"id\" is not a string";
  if (!c["tol_rel"].is_number() || c["tol_rel"].get<double>() < 0) return "\"tol_rel\" is not a number of at least 0";
  return {};
}

}  // namespace

void ReferenceRegistry::add(ReferenceKind kind) {
  const auto name = kind.kind;
  const bool fresh = kinds_.emplace(name, std::move(kind)).second;
  ASSAY_CHECK(fresh);  // a kind registered twice is our own bug
}

const ReferenceKind* ReferenceRegistry::find(const std::string& kind) const {
  const auto found = kinds_.find(kind);
  return found == kinds_.end() ? nullptr : &found->second;
}

std::vector<std::string> ReferenceRegistry::kinds() const {
  std::vector<std::string> out;
  for (const auto& entry : kinds_) out.push_back(entry.first);
  return out;
}

void register_builtin_reference_kinds(ReferenceRegistry& registry) {
  register_proportion_kinds(registry);
  register_uncertainty_kinds(registry);
  register_sample_kinds(registry);
  register_agreement_kinds(registry);
  register_sequential_kinds(registry);
  register_comparison_kinds(registry);
  register_motion_kinds(registry);
  register_task_kinds(registry);
  register_safety_kinds(registry);
  register_timing_kinds(registry);
}

Result<ReferenceReport> run_reference(const ReferenceRegistry& registry, const Json& file,
                                      const std::function<void(int done, int total)>& progress) {
  if (!file.is_object() || !file.contains("cases") || !file["cases"].is_array() || file["cases"].empty())
    return bad_input(
        1040,
        {"A file of reference cases needs a list \"cases\" that is not empty", "参考用例文件需要非空的列表 \"cases\""},
        file.is_object() ? "an object without cases" : file.type_name());
  ReferenceReport report;
  if (file.contains("meta") && file["meta"].is_object() && file["meta"].contains("title") &&
      file["meta"]["title"].is_string())
    report.title = file["meta"]["title"];
  const int total = static_cast<int>(file["cases"].size());
  for (const auto& c : file["cases"]) {
    ++report.cases;
    const auto wrong = malformed(c);
    const std::string name = wrong.empty() ? c["kind"].get<std::string>() : "(malformed)";
    auto tally = std::find_if(report.kinds.begin(), report.kinds.end(), [&](const auto& t) { return t.kind == name; });
    if (tally == report.kinds.end()) tally = report.kinds.insert(tally, ReferenceTally{name, "", true, 0, 0, 0, 0, 0});
    ++tally->cases;
    const auto* kind = registry.find(name);
    tally->known = kind != nullptr;
    if (kind) {
      tally->function = kind->function;
      auto failures = run_case(*kind, c, *tally);
      if (failures.empty()) ++tally->passed, ++report.passed;
      report.failures.insert(report.failures.end(), failures.begin(), failures.end());
    } else {
      const auto id = c.is_object() && c.contains("id") && c["id"].is_string() ? c["id"].get<std::string>()
                                                                               : fmt::format("case {}", report.cases);
      report.failures.push_back({id, name, "", wrong.empty() ? "a kind that this build knows" : "a well-formed case",
                                 wrong.empty() ? "unknown kind \"" + name + "\"" : wrong, kApart, 0});
    }
    if (progress) progress(report.cases, total);
  }
  return report;
}

}  // namespace assay::metrics
