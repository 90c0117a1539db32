#include "metrics/statistics/comparison_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/sha256.h"
#include "metrics/input.h"

namespace assay::metrics {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSchema = "assay.comparison/1";
constexpr std::size_t kTextMax = 4'000'000;
constexpr int kIntervalsMax = 10'000'000;

std::string_view name(Pairing pairing) { return pairing == Pairing::paired ? "paired" : "unpaired"; }

/// A row without the "never" at its end.
std::vector<int> trimmed(std::vector<int> row) {
  const int never = static_cast<int>(row.size());
  while (!row.empty() && row.back() >= never) row.pop_back();
  return row;
}

Error bad_form(std::string found) {
  return bad_input(1051, {"not a comparison table of this form", "不是该格式的比较判定表"}, std::move(found));
}

Error not_proved(std::string found) {
  return bad_input(1053,
                   {"the size of the comparison table is not what its proof says", "比较判定表的检验水平与其证明不符"},
                   std::move(found));
}

/// Json::at and get throw; the caller catches.
Result<ComparisonDesign> from_json(const Json& json) {
  if (json.at("schema").get<std::string>() != kSchema) return bad_form(json.at("schema").get<std::string>());
  ComparisonDesign design;
  const auto pairing = json.at("pairing").get<std::string>();
  if (pairing != "paired" && pairing != "unpaired") return bad_form("pairing: " + pairing);
  design.input = {pairing == "paired" ? Pairing::paired : Pairing::unpaired, json.at("n_max").get<int>(),
                  json.at("alpha").get<double>(), json.at("kappa").get<double>()};
  ASSAY_RETURN_IF_ERROR(check_design_input(design.input));
  design.risk_n = json.at("risk_n").get<double>();
  const auto& proof = json.at("proof");
  design.proof = {proof.at("intervals_n").get<int>(), proof.at("largest").get<double>(),
                  proof.at("largest_at_u").get<double>(), proof.at("bound").get<double>()};
  if (design.proof.intervals_n < 1 || design.proof.intervals_n > kIntervalsMax) return bad_form("proof/intervals_n");
  ASSAY_RETURN_IF_ERROR(check_probability("largest_at_u", design.proof.largest_at_u));
  design.table = {design.input.pairing, design.input.n_max, {}};
  const auto& rows = json.at("b_min");
  if (!rows.is_array() || rows.size() != static_cast<std::size_t>(design.input.n_max)) return bad_form("b_min");
  for (const auto& row : rows) {
    auto values = row.get<std::vector<int>>();
    const auto t = design.table.b_min.size() + 1;
    if (values.size() > t + 1) return bad_form(fmt::format("b_min[{}]", t - 1));
    values.resize(t + 1, static_cast<int>(t) + 1);
    design.table.b_min.push_back(std::move(values));
  }
  if (json.at("sha256").get<std::string>() != comparison_sha256(design))
    return bad_input(1052,
                     {"the comparison table was changed: its SHA-256 differs", "比较判定表已被改动：SHA-256 不符"},
                     comparison_sha256(design));
  return design;
}

/// NaN fails every comparison here.
bool near(double a, double b) { return std::abs(a - b) <= 1e-9; }

Result<void> check_roughly(const ComparisonDesign& design) {
  ASSAY_RETURN_IF_ERROR(check_monotone(design.table));
  if (!(design.proof.bound <= design.input.alpha && design.proof.largest <= design.proof.bound))
    return not_proved(fmt::format("bound {}, largest {}", design.proof.bound, design.proof.largest));
  ASSAY_TRY(const auto curve, NullCurve::make(design.table));
  if (!near(curve(design.proof.largest_at_u), design.proof.largest))
    return not_proved(fmt::format("{} at {}", curve(design.proof.largest_at_u), design.proof.largest_at_u));
  for (int i = 0; i <= 1000; ++i) {
    const double up = i, down = 1000 - i, u = up * up / (up * up + down * down);
    if (curve(u) > design.proof.bound) return not_proved(fmt::format("{} at {}", curve(u), u));
  }
  return {};
}

}  // namespace

std::string comparison_sha256(const ComparisonDesign& design) {
  const auto& proof = design.proof;
  std::string text = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", kSchema, name(design.input.pairing),
                                 design.input.n_max, design.input.alpha, design.input.kappa, design.risk_n,
                                 proof.intervals_n, proof.largest, proof.largest_at_u, proof.bound);
  for (const auto& row : design.table.b_min) text += fmt::format("{}\n", fmt::join(trimmed(row), ","));
  return sha256_hex(text);
}

std::string write_comparison(const ComparisonDesign& design) {
  const auto& proof = design.proof;
  auto text = fmt::format(
      "{{\n\"schema\": \"{}\",\n\"pairing\": \"{}\",\n\"n_max\": {},\n\"alpha\": {},\n\"kappa\": {},\n\"risk_n\": {},\n"
      "\"proof\": {{\"intervals_n\": {}, \"largest\": {}, \"largest_at_u\": {}, \"bound\": {}}},\n\"b_min\": [\n",
      kSchema, name(design.input.pairing), design.input.n_max, design.input.alpha, design.input.kappa, design.risk_n,
      proof.intervals_n, proof.largest, proof.largest_at_u, proof.bound);
  for (std::size_t i = 0; i < design.table.b_min.size(); ++i)
    text += fmt::format("{}[{}]", i == 0 ? "" : ",\n", fmt::join(trimmed(design.table.b_min[i]), ","));
  return text + fmt::format("\n],\n\"sha256\": \"{}\"\n}}\n", comparison_sha256(design));
}

Result<ComparisonDesign> read_comparison(std::string_view text) {
  if (text.size() > kTextMax) return bad_form(fmt::format("{} bytes", text.size()));
  try {
    ASSAY_TRY(auto design, from_json(Json::parse(text)));
    ASSAY_RETURN_IF_ERROR(check_roughly(design));
    return design;
  } catch (const Json::exception& e) {
    return bad_form(e.what());
  }
}

Result<void> prove_again(const ComparisonDesign& design) {
  ASSAY_TRY(const auto proof, prove_size(design.table, design.proof.intervals_n));
  if (near(proof.largest, design.proof.largest) && near(proof.bound, design.proof.bound) &&
      proof.bound <= design.input.alpha)
    return {};
  return not_proved(fmt::format("largest {}, bound {}", proof.largest, proof.bound));
}

}  // namespace assay::metrics
