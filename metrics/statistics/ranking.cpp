#include "metrics/statistics/ranking.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <optional>
#include <string>

#include "metrics/input.h"
#include "metrics/statistics/laws.h"
#include "metrics/statistics/sample_tools.h"

namespace assay::metrics {

namespace {

constexpr std::size_t kMostPlayers = 200, kMostPlayersProfile = 100;

/// won(i, j): how often i beat j.
using Wins = Eigen::MatrixXd;

Result<Wins> collect(std::size_t players, std::span<const PairOutcomes> pairs, std::size_t reference) {
  ASSAY_RETURN_IF_ERROR(check_size("players", players, 2));
  ASSAY_RETURN_IF_ERROR(check_size("pairs", pairs.size(), 1));
  if (players > kMostPlayers) return bad_input(1039, {"too many players", "参赛者过多"}, fmt::format("{}", players));
  const auto wrong = [&](std::size_t a, std::size_t b) {
    return bad_input(1036, {"a pair must be of two different players of the list", "每一对须为名单中两个不同的参赛者"},
                     fmt::format("{} and {} of {}", a, b, players));
  };
  if (reference >= players) return wrong(reference, reference);
  const auto n = static_cast<Eigen::Index>(players);
  Wins won = Wins::Zero(n, n);
  for (const auto& pair : pairs) {
    if (pair.a >= players || pair.b >= players || pair.a == pair.b) return wrong(pair.a, pair.b);
    for (const double count : {pair.a_wins, pair.b_wins, pair.ties}) {
      ASSAY_RETURN_IF_ERROR(check_finite("count", count));
      ASSAY_RETURN_IF_ERROR(check_at_least("count", count, 0));
    }
    const auto a = static_cast<Eigen::Index>(pair.a), b = static_cast<Eigen::Index>(pair.b);
    won(a, b) += pair.a_wins + pair.ties / 2;
    won(b, a) += pair.b_wins + pair.ties / 2;
  }
  ASSAY_RETURN_IF_ERROR(check_finite("sum of counts", won.sum()));
  return won;
}

std::vector<bool> reached(Eigen::Index players, const std::function<bool(Eigen::Index, Eigen::Index)>& edge) {
  std::vector<bool> seen(static_cast<std::size_t>(players), false);
  std::vector<Eigen::Index> open{0};
  seen[0] = true;
  while (!open.empty()) {
    const auto from = open.back();
    open.pop_back();
    for (Eigen::Index to = 0; to < players; ++to) {
      if (seen[static_cast<std::size_t>(to)] || !edge(from, to)) continue;
      seen[static_cast<std::size_t>(to)] = true;
      open.push_back(to);
    }
  }
  return seen;
}

/// "players 0, 2 | 1": the two sides.
std::optional<std::string> split(const std::vector<bool>& seen) {
  std::string in, out;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    auto& side = seen[i] ? in : out;
    side += (side.empty() ? "" : ", ") + std::to_string(i);
  }
  if (out.empty()) return std::nullopt;
  return "players " + in + " | " + out;
}

/// The estimate exists and is finite if and only if every player reaches every other along wins (Ford 1957).
Result<void> check_estimable(const Wins& won) {
  const auto n = won.rows();
  const auto played = [&](auto i, auto j) { return won(i, j) + won(j, i) > 0; };
  if (const auto sides = split(reached(n, played)))
    return bad_input(1036, {"no chain of comparisons joins all players", "参赛者之间未被比较完全连通"}, *sides);
  auto sides = split(reached(n, [&](auto i, auto j) { return won(i, j) > 0; }));
  if (!sides) sides = split(reached(n, [&](auto i, auto j) { return won(j, i) > 0; }));
  if (!sides) return {};
  return bad_input(1037,
                   {"perfect separation: one side never lost to the other, so no finite ability exists",
                    "完全分离：一方从未输给另一方，能力值不存在有限估计"},
                   *sides);
}

/// ln(1/(1 + e^−x)).
double log_chance(double x) { return x > 0 ? -std::log1p(std::exp(-x)) : x - std::log1p(std::exp(x)); }
double chance(double x) { return x > 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

double log_likelihood(const Wins& won, const Eigen::VectorXd& ability) {
  double sum = 0;
  for (Eigen::Index i = 0; i < won.rows(); ++i)
    for (Eigen::Index j = 0; j < won.cols(); ++j)
      if (won(i, j) > 0) sum += won(i, j) * log_chance(ability(i) - ability(j));
  return sum;
}

struct Slope {
  Eigen::VectorXd gradient;
  Eigen::MatrixXd information;
};

Slope slope(const Wins& won, const Eigen::VectorXd& ability, const std::vector<Eigen::Index>& free) {
  const auto n = static_cast<Eigen::Index>(free.size());
  Slope out{Eigen::VectorXd::Zero(n), Eigen::MatrixXd::Zero(n, n)};
  std::vector<Eigen::Index> place(static_cast<std::size_t>(won.rows()), -1);
  for (Eigen::Index f = 0; f < n; ++f) place[static_cast<std::size_t>(free[static_cast<std::size_t>(f)])] = f;
  for (Eigen::Index f = 0; f < n; ++f) {
    const auto i = free[static_cast<std::size_t>(f)];
    for (Eigen::Index j = 0; j < won.rows(); ++j) {
      const double games = won(i, j) + won(j, i);
      if (j == i || !(games > 0)) continue;
      const double p = chance(ability(i) - ability(j)), lost = chance(ability(j) - ability(i));
      const double weight = games * p * lost;
      out.gradient(f) += won(i, j) * lost - won(j, i) * p;
      out.information(f, f) += weight;
      const auto other = place[static_cast<std::size_t>(j)];
      if (other >= 0) out.information(f, other) -= weight;
    }
  }
  return out;
}

/// Maximises over the abilities listed in `free`; the others stay. The likelihood is concave.
bool maximise(const Wins& won, const std::vector<Eigen::Index>& free, Eigen::VectorXd& ability) {
  if (free.empty()) return true;
  const double enough = 1e-11 * std::max(1.0, won.sum());
  double best = log_likelihood(won, ability);
  for (int iteration = 0; iteration < 200; ++iteration) {
    const auto here = slope(won, ability, free);
    if (here.gradient.cwiseAbs().maxCoeff() <= enough) return true;
    Eigen::VectorXd step = here.information.ldlt().solve(here.gradient);
    if (!step.allFinite()) return false;
    const double longest = step.cwiseAbs().maxCoeff();
    if (longest > 5) step *= 5 / longest;
    double moved = 1, next = 0;
    Eigen::VectorXd trial;
    for (;; moved /= 2) {
      trial = ability;
      for (std::size_t f = 0; f < free.size(); ++f) trial(free[f]) += moved * step(static_cast<Eigen::Index>(f));
      next = log_likelihood(won, trial);
      if (next >= best - 1e-13 * std::abs(best) || moved < 1e-6) break;
    }
    ability = trial;
    best = next;
    if (moved * longest < 1e-14 * (1 + ability.cwiseAbs().maxCoeff())) return true;  // no digit left to gain
  }
  return false;
}

Error not_converged() {
  return bad_input(1037, {"the abilities did not converge", "能力值的估计未收敛"}, "200 iterations");
}

std::vector<Eigen::Index> all_but(Eigen::Index players, std::initializer_list<Eigen::Index> fixed) {
  std::vector<Eigen::Index> out;
  for (Eigen::Index i = 0; i < players; ++i)
    if (std::find(fixed.begin(), fixed.end(), i) == fixed.end()) out.push_back(i);
  return out;
}

double deviance_term(double seen, double expected) { return seen > 0 ? 2 * seen * std::log(seen / expected) : 0; }

/// Where, going from the estimate by `direction`, the profile log-likelihood has dropped by `drop`.
std::optional<double> profile_limit(const Wins& won, const Eigen::VectorXd& fitted, Eigen::Index player,
                                    Eigen::Index reference, double first_step, double drop) {
  const double best = log_likelihood(won, fitted);
  const auto free = all_but(won.rows(), {player, reference});
  Eigen::VectorXd ability = fitted;  // warm start
  bool converged = true;
  const auto above = [&](double value) {
    ability(player) = value;
    converged = maximise(won, free, ability) && converged;
    return best - log_likelihood(won, ability) < drop;
  };
  double inside = fitted(player), step = first_step, outside = inside + step;
  for (int i = 0; i < 60 && above(outside); ++i) {
    inside = outside;
    step *= 2;
    outside += step;
  }
  for (int i = 0; i < 100 && std::abs(outside - inside) > 1e-12 * (1 + std::abs(inside)); ++i) {
    const double middle = 0.5 * (inside + outside);
    (above(middle) ? inside : outside) = middle;
  }
  if (!converged) return std::nullopt;
  return 0.5 * (inside + outside);
}

}  // namespace

Result<BradleyTerry> bradley_terry(std::size_t players, std::span<const PairOutcomes> pairs, std::size_t reference) {
  ASSAY_TRY(const auto won, collect(players, pairs, reference));
  ASSAY_RETURN_IF_ERROR(check_estimable(won));
  Eigen::VectorXd ability = Eigen::VectorXd::Zero(won.rows());
  const auto free = all_but(won.rows(), {static_cast<Eigen::Index>(reference)});
  if (!maximise(won, free, ability)) return not_converged();
  const Eigen::MatrixXd inverse =
      slope(won, ability, free).information.ldlt().solve(Eigen::MatrixXd::Identity(won.rows() - 1, won.rows() - 1));
  if (!inverse.allFinite()) return not_converged();
  BradleyTerry out;
  out.reference = reference;
  out.ability.assign(ability.begin(), ability.end());
  out.se.assign(players, 0.0);
  out.covariance.assign(players, std::vector<double>(players, 0.0));
  for (std::size_t i = 0; i < free.size(); ++i) {
    for (std::size_t j = 0; j < free.size(); ++j)
      out.covariance[static_cast<std::size_t>(free[i])][static_cast<std::size_t>(free[j])] =
          inverse(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    const auto player = static_cast<std::size_t>(free[i]);
    out.se[player] = std::sqrt(out.covariance[player][player]);
  }
  out.log_likelihood = log_likelihood(won, ability);
  for (const auto& pair : pairs) {
    const double a = pair.a_wins + pair.ties / 2, b = pair.b_wins + pair.ties / 2;
    const double ahead = out.ability[pair.a] - out.ability[pair.b];
    out.deviance += deviance_term(a, (a + b) * chance(ahead)) + deviance_term(b, (a + b) * chance(-ahead));
  }
  return out;
}

Result<std::vector<AbilityLimits>> bradley_terry_profile(std::size_t players, std::span<const PairOutcomes> pairs,
                                                         std::size_t reference, double confidence) {
  ASSAY_RETURN_IF_ERROR(check_open_probability("confidence", confidence));
  if (players > kMostPlayersProfile)
    return bad_input(1039, {"too many players", "参赛者过多"}, fmt::format("{}", players));
  ASSAY_TRY(const auto fit, bradley_terry(players, pairs, reference));
  ASSAY_TRY(const auto won, collect(players, pairs, reference));
  const Eigen::VectorXd fitted = Eigen::Map<const Eigen::VectorXd>(fit.ability.data(), won.rows());
  const double drop = laws::chi_square_quantile(confidence, 1) / 2;
  std::vector<AbilityLimits> out(players);
  for (std::size_t i = 0; i < players; ++i) {
    if (i == reference) continue;
    const auto limit = [&](double step) {
      return profile_limit(won, fitted, static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(reference), step, drop);
    };
    const auto lower = limit(-fit.se[i]), upper = limit(fit.se[i]);
    if (!lower || !upper) return not_converged();
    out[i] = {*lower, *upper};
  }
  return out;
}

std::vector<std::vector<double>> pairwise_p(const BradleyTerry& fit) {
  const auto n = fit.ability.size();
  std::vector<std::vector<double>> out(n, std::vector<double>(n, 1.0));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double variance = fit.covariance[i][i] + fit.covariance[j][j] - 2 * fit.covariance[i][j];
      const double z = std::abs(fit.ability[i] - fit.ability[j]) / std::sqrt(variance);
      out[i][j] = out[j][i] = std::isfinite(z) ? std::min(1.0, 2 * laws::normal_upper(z)) : 1.0;
    }
  }
  return out;
}

}  // namespace assay::metrics
