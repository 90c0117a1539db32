// The reference vectors of kind stl_robustness, where they are at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/metrics/trace_builder.h"

namespace assay::metrics {
namespace {

using Json = nlohmann::json;

std::string vectors_path() {
  const char* shared = std::getenv("ASSAY_SHARED");
  return (shared ? std::string(shared) : std::string(ASSAY_SOURCE_DIR) + "/../shared") +
         "/reference/metrics_vectors.json";
}

/// Formula trees name their targets by numbers; conditions name entities. Each target becomes an entity at rest.
struct Mapping {
  std::size_t rows = 0;
  Columns columns;
  int targets = 0;

  void add_signal(const std::string& name, const Json& values) {
    std::vector<std::vector<double>> axes(3, std::vector<double>(rows, 0.0));
    for (std::size_t i = 0; i < rows; ++i) {
      if (values[i].is_array())
        for (std::size_t k = 0; k < values[i].size(); ++k) axes[k][i] = values[i][k].get<double>();
      else
        axes[2][i] = values[i].get<double>();
    }
    auto pose = constant_pose(name, {0, 0, 0, 1, 0, 0, 0}, rows);
    for (std::size_t k = 0; k < 3; ++k) pose[k].second = axes[k];
    columns = columns + pose;
  }

  std::string add_target(double x, double y, double z) {
    const std::string name = "target_" + std::to_string(targets++);
    columns = columns + constant_pose(name, {x, y, z, 1, 0, 0, 0}, rows);
    return name;
  }

  Condition map(const Json& f) {
    const auto op = f.at("op").get<std::string>();
    const auto ns = [&](const char* key) { return ns_from_s(f.at(key).get<double>()); };
    const auto third = [](const Json& list) { return list.size() > 2 ? list[2].get<double>() : 0.0; };
    if (op == "above" || op == "below") {
      auto c = above(f.at("signal"), f.at("threshold"));
      c.op = op == "above" ? Op::above : Op::below;
      return c;
    }
    if (op == "near") {
      const auto& target = f.at("target_m");
      auto c = predicate(Op::near, f.at("signal"), add_target(target[0], target[1], third(target)));
      c.radius_m = f.at("radius_m");
      return c;
    }
    if (op == "inside") {
      const auto &low = f.at("min_m"), &high = f.at("max_m");
      double centre[3] = {0, 0, 0}, half[3] = {1e6, 1e6, 1e6};
      for (std::size_t k = 0; k < low.size(); ++k) {
        centre[k] = (low[k].get<double>() + high[k].get<double>()) / 2;
        half[k] = (high[k].get<double>() - low[k].get<double>()) / 2;
      }
      auto c = predicate(Op::inside, f.at("signal"), add_target(centre[0], centre[1], centre[2]));
      std::copy(half, half + 3, c.half_m);
      return c;
    }
    if (op == "and" || op == "or") {
      std::vector<Condition> children;
      for (const auto& child : f.at("args")) children.push_back(map(child));
      return node(op == "and" ? Op::all : Op::any, std::move(children));
    }
    const auto child = map(f.at("arg"));
    if (op == "not") return node(Op::not_, {child});
    if (op == "always") return node(Op::always, {child});
    if (op == "eventually") return node(Op::eventually, {child});
    if (op == "within") return node(Op::within, {child}, ns("a_s"), ns("b_s"));
    if (op == "holds_for") return node(Op::holds_for, {child}, 0, 0, ns("duration_s"));
    throw std::runtime_error("unknown operator " + op);
  }
};

void check_case(const Json& one) {
  const auto& input = one.at("input");
  Mapping mapping;
  std::vector<std::int64_t> stamps;
  for (const auto& t : input.at("time_s")) stamps.push_back(ns_from_s(t.get<double>()));
  mapping.rows = stamps.size();
  for (const auto& [name, values] : input.at("signals").items()) mapping.add_signal(name, values);
  const auto condition = mapping.map(input.at("formula"));
  const auto result = robustness(condition, make_stream(stamps, mapping.columns));
  ASSERT_TRUE(result.ok()) << to_string(result.error(), Lang::en);
  const auto &expected = one.at("expected").at("robustness"), &satisfied = one.at("expected").at("satisfied");
  if (satisfied.is_null()) {
    EXPECT_TRUE(result->empty());
    return;
  }
  ASSERT_FALSE(result->empty());
  const double got = result->front();
  EXPECT_EQ(got >= 0, satisfied.get<bool>());
  if (expected.is_null()) {
    EXPECT_TRUE(std::isinf(got));
    return;
  }
  const double want = expected.get<double>();
  EXPECT_LE(std::abs(got - want), one.at("tol_rel").get<double>() * std::max(1.0, std::abs(want)));
}

TEST(ReferenceVectors, StlRobustness) {
  const auto path = vectors_path();
  if (!std::filesystem::exists(path)) {
    std::cout << "skipped: no reference vectors; set ASSAY_SHARED to the folder that holds reference/\n";
    GTEST_SKIP() << "no reference vectors; set ASSAY_SHARED to the folder that holds reference/";
  }
  std::ifstream file(path);
  const auto vectors = Json::parse(file);
  int checked = 0;
  for (const auto& one : vectors.at("cases")) {
    if (one.at("kind") != "stl_robustness") continue;
    SCOPED_TRACE(one.at("id").get<std::string>());
    check_case(one);
    ++checked;
  }
  EXPECT_EQ(checked, vectors.at("meta").at("count_per_kind").at("stl_robustness").get<int>());
}

}  // namespace
}  // namespace assay::metrics
