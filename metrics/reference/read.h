// What the files of reference kinds share: JSON ↔ the library's plain types. Not for other rooms.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "metrics/reference/reference.h"

namespace assay::metrics {

/// Json::at that throws for a missing or mistyped member; the runner turns that into ASSAY-1041.
inline std::vector<double> numbers(const Json& input, const char* member) {
  return input.at(member).get<std::vector<double>>();
}
inline double number(const Json& input, const char* member) { return input.at(member).get<double>(); }
inline int integer(const Json& input, const char* member) { return input.at(member).get<int>(); }
inline std::string text(const Json& input, const char* member) { return input.at(member).get<std::string>(); }

/// null ↔ undefined.
inline std::optional<double> maybe_number(const Json& input, const char* member) {
  const auto& value = input.at(member);
  return value.is_null() ? std::nullopt : std::optional<double>(value.get<double>());
}
template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// [n][3] (or [n][2] with z = 0).
inline std::vector<std::array<double, 3>> points(const Json& list) {
  std::vector<std::array<double, 3>> out;
  for (const auto& p : list) out.push_back({p.at(0), p.at(1), p.size() > 2 ? p.at(2).get<double>() : 0.0});
  return out;
}

}  // namespace assay::metrics
