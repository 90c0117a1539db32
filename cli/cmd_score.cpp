// trial score·agreement: second opinions, and how far they agree with what is on record.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/control.h"
#include "cli/print.h"
#include "cli/score.h"
#include "cli/session.h"
#include "harness/operated.h"
#include "metrics/statistics/agreement.h"
#include "metrics/statistics/proportion.h"

namespace assay::cli {
namespace {

using nlohmann::json;

constexpr double kConfidence = 0.95, kTwoSided = 1.959963984540054;

struct ScoreOptions {
  std::string session = "last", outcome, by;
  std::int64_t trial = 0;
};

/// The id of the session that holds the trial; "" if none.
std::string session_of(const Store& store, std::int64_t number) {
  const auto sessions = store.sessions();
  if (!sessions) return "";
  for (const auto& row : *sessions) {
    const auto trials = store.trial_rows(row.number);
    if (!trials) continue;
    for (const auto& trial : *trials)
      if (trial.number == number) return row.id;
  }
  return "";
}

/// Says nothing of what is on record: who scores blind must not be told.
int do_score(const App& app, const ScoreOptions& o) {
  const json message = {{"do", "score"}, {"trial", o.trial}, {"outcome", o.outcome}, {"by", o.by}};
  Result<void> done;
  std::string session;
  {
    const auto reading = Store::open(app.workspace, true);
    if (!reading) return fail(app, reading.error());
    if (auto trial = (*reading)->trial(o.trial); !trial) return fail(app, trial.error());
    session = session_of(**reading, o.trial);
  }
  const bool runs = static_cast<bool>(ask_run(app.workspace, session, "status"));  // then it alone may write
  if (runs) {
    if (auto told = tell_run(app.workspace, session, message); !told) done = std::move(told).error();
  } else {
    auto store = Store::open(app.workspace);
    if (!store) return fail(app, store.error());
    harness::OperatorDesk desk;
    harness::audit_to(desk, **store);
    done = desk.score(message);
  }
  if (!done) return fail(app, done.error());
  if (app.json)
    print_json({{"schema", "assay.score/1"}, {"trial", o.trial}, {"by", o.by}, {"outcome", o.outcome}});
  else
    std::printf("%s\n",
                app.say("noted; `assay trial agreement` compares", "已记录；用 `assay trial agreement` 比较").c_str());
  return kConforms;
}

struct Pairs {
  std::vector<int> first, second;  ///< 1: success, 2: not
  int same_person = 0, again = 0, without_outcome = 0;
  std::set<std::string> scorers;
  std::vector<std::int64_t> differ;
};

Result<Pairs> pairs_of(const Store& store, const SessionRow& session) {
  ASSAY_TRY(const auto trials, store.trials(session.number));
  ASSAY_TRY(const auto rows, store.audit_log());
  std::map<std::int64_t, const TrialRecord*> by_number;
  for (const auto& trial : trials) by_number[trial.number] = &trial;
  std::map<std::int64_t, std::string> told_by;
  for (const auto& row : rows) {
    const json detail = json::parse(row.detail_json, nullptr, false);
    if (row.kind == "operator" && detail.is_object() && detail.value("act", "") == "enter")
      told_by[detail.value("trial", std::int64_t{0})] = row.person;
  }
  Pairs out;
  std::set<std::pair<std::int64_t, std::string>> seen;
  for (const auto& row : rows) {
    const json detail = json::parse(row.detail_json, nullptr, false);
    if (row.kind != "score" || !detail.is_object()) continue;
    const auto number = detail.value("trial", std::int64_t{0});
    const auto found = by_number.find(number);
    if (found == by_number.end()) continue;
    const TrialRecord& trial = *found->second;
    const auto outcome = trial.verdict.outcome;
    const bool judged = trial.finished && trial.validity == Validity::valid &&
                        (outcome == Outcome::success || outcome == Outcome::failure || outcome == Outcome::unsafe);
    if (!judged) {
      ++out.without_outcome;
    } else if (const auto teller = told_by.find(number); teller != told_by.end() && teller->second == row.person) {
      ++out.same_person;
    } else if (!seen.insert({number, row.person}).second) {
      ++out.again;
    } else {
      out.scorers.insert(row.person);
      out.first.push_back(outcome == Outcome::success ? 1 : 2);
      out.second.push_back(detail.value("outcome", "") == "success" ? 1 : 2);
      if (out.first.back() != out.second.back()) out.differ.push_back(number);
    }
  }
  return out;
}

int do_agreement(const App& app, const ScoreOptions& o) {
  const auto store = Store::open(app.workspace, true);
  if (!store) return fail(app, store.error());
  const auto session = (*store)->session(o.session);
  if (!session) return fail(app, session.error());
  const auto pairs = pairs_of(**store, *session);
  if (!pairs) return fail(app, pairs.error());
  const int n = static_cast<int>(pairs->first.size()), agree = n - static_cast<int>(pairs->differ.size());
  json out = {
      {"schema", "assay.agreement/1"},
      {"session", session->id},
      {"n", n},
      {"agree", agree},
      {"differ", pairs->differ},
      {"scorers", pairs->scorers},
      {"left_out",
       {{"same_person", pairs->same_person}, {"again", pairs->again}, {"without_outcome", pairs->without_outcome}}},
      {"share", json()},
      {"lower", json()},
      {"upper", json()},
      {"kappa", json()},
      {"kappa_lower", json()},
      {"kappa_upper", json()},
      {"confidence", kConfidence}};
  if (n > 0) {
    const auto limits = metrics::clopper_pearson(agree, n, kConfidence);
    out["share"] = static_cast<double>(agree) / n;
    if (limits) {
      out["lower"] = limits->lower;
      out["upper"] = limits->upper;
    }
    const auto kappa = metrics::cohen_kappa(pairs->first, pairs->second, 2);
    if (kappa && kappa->kappa) out["kappa"] = *kappa->kappa;
    if (kappa && kappa->kappa && kappa->se && *kappa->se > 0) {
      out["kappa_lower"] = std::max(-1.0, *kappa->kappa - kTwoSided * *kappa->se);
      out["kappa_upper"] = std::min(1.0, *kappa->kappa + kTwoSided * *kappa->se);
    }
  }
  if (app.json) {
    print_json(out);
  } else if (n == 0) {
    std::printf("%s\n", app.say("no second opinions yet: `assay trial score N --by NAME --outcome …`",
                                "尚无二次评分：`assay trial score N --by 姓名 --outcome …`")
                            .c_str());
  } else {
    const auto number = [&](const char* key) {
      return out[key].is_number() ? fmt::format("{:.3f}", out[key].get<double>()) : std::string("–");
    };
    std::printf("%s\n", fmt::format("{} {}/{} = {} [{}, {}] (95 %)   κ {} [{}, {}]",
                                    app.say("agreement success / not:", "成功与否的一致率："), agree, n,
                                    number("share"), number("lower"), number("upper"), number("kappa"),
                                    number("kappa_lower"), number("kappa_upper"))
                            .c_str());
    for (const auto trial : pairs->differ)
      std::printf("  %s %lld\n", app.say("differ on trial", "意见不一的试验").c_str(), static_cast<long long>(trial));
  }
  return n == 0 ? kNothing : kConforms;
}

}  // namespace

void add_score_commands(CLI::App& trial, const App& app, Action& run) {
  const auto o = std::make_shared<ScoreOptions>();
  auto* score = trial.add_subcommand("score", app.say("note a second opinion of a trial, without being told the first",
                                                      "对试验作二次评分（不显示原结果）"));
  score->add_option("number", o->trial, app.say("trial number", "试验编号"))->required();
  score->add_option("--by", o->by, app.say("person", "评分人"))->required();
  score->add_option("--outcome", o->outcome, "success, failure, unsafe")
      ->required()
      ->check(CLI::IsMember({"success", "failure", "unsafe"}));
  score->callback([&app, &run, o] { run = [&app, o] { return do_score(app, *o); }; });
  auto* agreement = trial.add_subcommand(
      "agreement", app.say("how far second opinions agree with the record", "二次评分与记录的一致程度"));
  agreement->add_option("session", o->session, app.say("session (default: last)", "检测编号（默认：最近一次）"));
  agreement->callback([&app, &run, o] { run = [&app, o] { return do_agreement(app, *o); }; });
}

}  // namespace assay::cli
