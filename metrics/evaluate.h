// Parts of the condition evaluator that its files share. Not for other rooms.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay::metrics {

/// Deepest tree that is evaluated or read; suites allow far less.
inline constexpr int kMaxConditionDepth = 64;
/// Largest grid of `covered`; suites allow no more.
inline constexpr double kMaxCells = 250'000;

/// Its value at a row rests on that row and those before it, so that at the end the last row counts.
bool is_predicate(Op op);
/// Stable lower-case name as suites write it: "near", "holds_for", "not" …
const char* op_name(Op op);

/// Number of children, finite parameters, tolerance > 0, windows in order, entities named. ASSAY-1003.
Result<void> check_condition(const Condition& condition, int depth = 0);
/// Stamps ascending, values complete. ASSAY-1004.
Result<void> check_stream(const Stream& stream);

/// The channels that a condition reads, taken out of the rows in one pass: the record is read once, however many
/// predicates look at it.
class TruthColumns {
 public:
  /// `truth` outlives it.
  TruthColumns(const Condition& condition, const Stream& truth);

  [[nodiscard]] const std::vector<std::int64_t>& t_ns() const { return truth_.t_ns; }
  [[nodiscard]] std::size_t rows() const { return truth_.rows(); }
  /// One channel at every row, of those that the condition reads. ASSAY-1001 if missing, 1002 if a value is not finite.
  [[nodiscard]] Result<std::span<const double>> column(const std::string& name) const;

 private:
  struct Column {
    std::string name;
    std::size_t channel = 0;
    bool finite = true;
  };
  void want(const Condition& condition);
  void read();
  [[nodiscard]] double* values(std::size_t column) const { return values_.get() + column * rows(); }
  [[nodiscard]] Error not_finite(std::size_t column) const;

  const Stream& truth_;
  std::vector<Column> columns_;
  std::unique_ptr<double[]> values_;  ///< column by column; filled before it is read
};

/// Names of the channels that a predicate (or visited) reads, in the order in which its arithmetic takes them.
std::vector<std::string> predicate_channels(const Condition& condition);
/// Robustness at every row of a checked predicate.
Result<std::vector<double>> predicate_robustness(const Condition& condition, const TruthColumns& truth);
/// covered: `child` is the robustness of its child at every row, empty if it has none. ASSAY-1003 if no cell is left
/// between the exceptions, 1001 and 1002 as the other predicates.
Result<std::vector<double>> covered_robustness(const Condition& condition, const TruthColumns& truth,
                                               const std::vector<double>& child);

/// Cells along a side of 2·half: max(1, round(2·half / cell)); a row of them is centred, so cell i has its centre at
/// (i − (n − 1)/2)·cell.
std::size_t cells_along(double half_m, double cell_m);
/// v in the frame whose orientation in the world is q (w, x, y, z; of any length but 0): the transposed rotation.
std::array<double, 3> to_frame(const std::array<double, 4>& q, const std::array<double, 3>& v);
/// The opposite: v of that frame in the world.
std::array<double, 3> from_frame(const std::array<double, 4>& q, const std::array<double, 3>& v);
/// Orientation at row i out of the columns qw qx qy qz that begin at `first`. ASSAY-1002 if it has no length.
Result<std::array<double, 4>> orientation(const std::string& entity, std::span<const std::span<const double>> columns,
                                          std::size_t first, std::size_t i, std::int64_t t_ns);
/// all, any: into `out`, that of the children before, comes one more child.
void fold(Op op, std::vector<double>& out, const std::vector<double>& child);
/// Robustness of an operator from that of its children.
std::vector<double> operator_robustness(const Condition& condition, const std::vector<std::int64_t>& t_ns,
                                        std::vector<std::vector<double>> children);

/// ASSAY-1003.
Error malformed(const Condition& condition, Text expected, std::string found);
Error metrics_error(int id, Text what, Text expected, std::string found, Text help);

}  // namespace assay::metrics
