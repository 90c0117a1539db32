// Random conditions over random records against the definition written down word for word, in quadratic time
// and worse.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "core/random.h"
#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const char* kNames[] = {"a", "b", "c"};

struct Naive {
  const Stream& truth;

  std::size_t n() const { return truth.rows(); }
  std::int64_t t(std::size_t i) const { return truth.t_ns[i]; }

  double sequence(const Condition& c, std::size_t child, std::size_t i) const {
    if (child == c.children.size()) return kInf;
    double best = -kInf;
    for (std::size_t j = i; j < n(); ++j)
      best = std::max(best, std::min(at(c.children[child], j), sequence(c, child + 1, j)));
    return best;
  }

  double at(const Condition& c, std::size_t i) const {
    double value = 0;
    switch (c.op) {
      case Op::above:
        return (truth.row(i)[static_cast<std::size_t>(truth.find(c.a + ".z_m"))] - c.height_m) / c.tolerance;
      case Op::all:
        value = kInf;
        for (const auto& child : c.children) value = std::min(value, at(child, i));
        return value;
      case Op::any:
        value = -kInf;
        for (const auto& child : c.children) value = std::max(value, at(child, i));
        return value;
      case Op::not_:
        return -at(c.children[0], i);
      case Op::always:
        value = kInf;
        for (std::size_t j = i; j < n(); ++j) value = std::min(value, at(c.children[0], j));
        return value;
      case Op::eventually:
        value = -kInf;
        for (std::size_t j = i; j < n(); ++j) value = std::max(value, at(c.children[0], j));
        return value;
      case Op::within:
        value = -kInf;
        for (std::size_t j = 0; j < n(); ++j)
          if (c.from_ns <= t(j) - t(i) && t(j) - t(i) <= c.to_ns) value = std::max(value, at(c.children[0], j));
        return value;
      case Op::holds_for:
        if (t(n() - 1) - t(i) < c.duration_ns) return -kInf;
        value = kInf;
        for (std::size_t j = 0; j < n(); ++j)
          if (0 <= t(j) - t(i) && t(j) - t(i) <= c.duration_ns) value = std::min(value, at(c.children[0], j));
        return value;
      case Op::sequence:
        return sequence(c, 0, i);
      default:
        ADD_FAILURE();
        return 0;
    }
  }
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : rng_(StreamKey{seed, 7}) {}

  Stream record(std::size_t rows) {
    std::vector<std::int64_t> stamps;
    std::int64_t t = static_cast<std::int64_t>(rng_.below(50)) - 25;
    for (std::size_t i = 0; i < rows; ++i) {
      stamps.push_back(t);
      t += static_cast<std::int64_t>(rng_.below(4)) * 5;  // equal stamps happen
    }
    Columns columns;
    for (const char* name : kNames) {
      std::vector<double> values;
      // Few distinct values: ties are where deques go wrong.
      for (std::size_t i = 0; i < rows; ++i)
        values.push_back(rng_.below(2) == 0 ? static_cast<double>(rng_.below(5)) - 2 : rng_.uniform(-3, 3));
      columns.emplace_back(std::string(name) + ".z_m", values);
    }
    return make_stream(stamps, columns);
  }

  Condition condition(int depth) {
    if (depth == 0 || rng_.below(5) == 0)
      return above(kNames[rng_.below(3)], static_cast<double>(rng_.below(5)) - 2, rng_.below(2) == 0 ? 1.0 : 0.37);
    constexpr Op kOps[] = {Op::all,    Op::any,       Op::not_,     Op::always,
                           Op::within, Op::holds_for, Op::sequence, Op::eventually};
    Condition c;
    c.op = kOps[rng_.below(std::size(kOps))];
    const bool many = c.op == Op::all || c.op == Op::any || c.op == Op::sequence;
    const auto count = many ? 1 + rng_.below(3) : 1;
    for (std::uint64_t k = 0; k < count; ++k) c.children.push_back(condition(depth - 1));
    if (c.op == Op::within) {
      c.from_ns = static_cast<std::int64_t>(rng_.below(8)) * 5;
      c.to_ns = c.from_ns + static_cast<std::int64_t>(rng_.below(30));
    }
    if (c.op == Op::holds_for) c.duration_ns = static_cast<std::int64_t>(rng_.below(30));
    return c;
  }

  std::uint64_t below(std::uint64_t bound) { return rng_.below(bound); }

 private:
  Rng rng_;
};

TEST(ConditionProperty, EqualsTheDefinition) {
  int infinite = 0, compared = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Generator generate(seed);
    const auto truth = generate.record(1 + generate.below(12));
    const auto condition = generate.condition(static_cast<int>(1 + generate.below(3)));
    const auto fast = robustness(condition, truth);
    ASSERT_TRUE(fast.ok());
    const Naive naive{truth};
    for (std::size_t i = 0; i < truth.rows(); ++i, ++compared) {
      const double expected = naive.at(condition, i);
      ASSERT_EQ((*fast)[i], expected) << "seed " << seed << " row " << i;
      if (std::isinf(expected)) ++infinite;
    }
  }
  EXPECT_GT(infinite, 100);
  EXPECT_GT(compared - infinite, 5000);
}

TEST(ConditionProperty, LongRecordsTakeLinearTime) {
  // 400,000 rows with a window of 200,000: quadratic work would take hours.
  std::vector<std::int64_t> stamps;
  std::vector<double> values;
  Rng rng(StreamKey{1, 2});
  for (std::int64_t i = 0; i < 400'000; ++i) {
    stamps.push_back(i * 10);
    values.push_back(rng.uniform(-1, 1));
  }
  const auto truth = make_stream(stamps, {{"a.z_m", values}});
  const auto inner = node(Op::holds_for, {above("a", -2)}, 0, 0, 2'000'000);
  const auto condition = node(Op::always, {node(Op::within, {node(Op::any, {inner, above("a", 0)})}, 0, 2'000'000)});
  const auto result = robustness(condition, truth);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->size(), truth.rows());
}

}  // namespace
}  // namespace assay::metrics
