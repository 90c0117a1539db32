// Result<T>: the only way a failure crosses a room's border. Exceptions of libraries are caught
// at the border that calls them. ASSAY_CHECK aborts on bugs of our own.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

#include "core/text.h"

namespace assay {

/// Where in an input something was found. Line and column are 1-based; 0 means "not known".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// What went wrong, where, what was expected and found, and what to do. `id` is the number in
/// ASSAY-#### (docs/errors.md): 01xx core, 02xx files and YAML, 03xx suites and schemes,
/// 04xx adapters and models, 05xx harness, 06xx grading, 07xx store, 08xx reports, 09xx cli,
/// 10xx metrics.
struct [[nodiscard]] Error {
  int id = 0;
  Text what;
  Place place{};
  Text expected{};
  std::string found{};
  Text help{};
};

/// "error[ASSAY-0312]: …", then "  --> file:line:column", "  expected …", "  found …", "  help: …".
std::string to_string(const Error& error, Lang lang);

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
  [[nodiscard]] T& value() & { return std::get<0>(state_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] const Error& error() const& { return std::get<1>(state_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT
  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  [[nodiscard]] const Error& error() const& { return error_; }
  [[nodiscard]] Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace assay

/// `ASSAY_TRY(auto x, f());` binds x to the value of f() or returns its error.
#define ASSAY_CONCAT_INNER(a, b) a##b
#define ASSAY_CONCAT(a, b) ASSAY_CONCAT_INNER(a, b)
#define ASSAY_TRY_IMPL(result, decl, expr)            \
  auto result = (expr);                               \
  if (!result.ok()) return std::move(result).error(); \
  decl = std::move(result).value()
#define ASSAY_TRY(decl, expr) ASSAY_TRY_IMPL(ASSAY_CONCAT(assay_try_, __LINE__), decl, expr)
/// `ASSAY_RETURN_IF_ERROR(f());` for Result<void>.
#define ASSAY_RETURN_IF_ERROR(expr)                                                                \
  do {                                                                                             \
    if (auto assay_status_ = (expr); !assay_status_.ok()) return std::move(assay_status_).error(); \
  } while (false)
/// A broken invariant of our own code: message and abort. Never for input.
#define ASSAY_CHECK(condition)                                                                    \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      std::fprintf(stderr, "%s:%d: internal check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                               \
    }                                                                                             \
  } while (false)
