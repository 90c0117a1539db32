#include "evidence/intake.h"

#include <fmt/format.h>

#include <algorithm>

#include "evidence/authority.h"
#include "evidence/intact.h"
#include "suites/catalog.h"

namespace assay::evidence {
namespace {

class Looking {
 public:
  Looking(const IntactBundle& bundle, std::vector<Finding>& out) : b_(bundle), out_(out) {}

  void run() {
    division();
    trials();
    equipment();
    rules();
  }

 private:
  void error(const char* rule, std::string en, std::string zh) {
    out_.push_back({true, rule, {std::move(en), std::move(zh)}});
  }
  void remark(const char* rule, std::string en, std::string zh) {
    out_.push_back({false, rule, {std::move(en), std::move(zh)}});
  }

  void division() {
    if (b_.facts.division != "lab")
      remark("self_assessment", "a self-assessment (" + b_.facts.division + "): it informs, and certifies nothing",
             "自评（" + b_.facts.division + "）：仅供参考，不具认证效力");
    if (b_.facts.division == "dev")
      remark("own_seeds", "on seeds of its own choice: the trials may have been picked",
             "种子由自己选定：试验可能经过挑选");
    if (b_.attestations.empty()) error("not_signed", "nobody signed it", "无人签名");
  }

  void trials() {
    const auto count = [&](auto&& which) { return std::count_if(b_.trials.begin(), b_.trials.end(), which); };
    if (!b_.manifest.withheld.empty())
      error("traces_withheld",
            fmt::format("{} traces stayed home: nothing can be judged again", b_.manifest.withheld.size()),
            fmt::format("{} 份记录未随附：无法复判", b_.manifest.withheld.size()));
    if (const auto n = count([](const auto& t) { return !t.finished; }); n > 0)
      remark("unfinished", fmt::format("{} trials began and have no end on record", n),
             fmt::format("{} 次试验有始无终", n));
    if (const auto n = count([](const auto& t) { return t.validity == Validity::invalid; }); n > 0)
      remark("invalid", fmt::format("{} trials were declared invalid", n), fmt::format("{} 次试验被判为无效", n));
    if (const auto n = count([](const auto& t) { return t.finished && t.trace_sha256.empty(); }); n > 0)
      remark("no_trace", fmt::format("{} trials ended without a trace", n), fmt::format("{} 次试验无记录", n));
    const auto closed = std::count_if(b_.audit.begin(), b_.audit.end(), [](const auto& l) { return l.closed; });
    if (closed > 0)
      remark("closed_entries", fmt::format("{} entries of the audit log are of other sessions and closed", closed),
             fmt::format("审计日志中有 {} 条属于其他检测，已封闭", closed));
  }

  /// Calibrations that had run out when the session closed; persons who signed without competence on record.
  void equipment() {
    for (const auto& late : overdue_equipment(b_))
      error("overdue", late.id + " was due on " + late.due, late.id + " 已于 " + late.due + " 到期");
    if (b_.facts.division != "lab") return;
    const auto signers = check_attestations(b_);
    if (!signers) return;  // told already
    for (const auto& x : *signers)
      if (const auto able = check_competence(b_, x.role, x.person, x.time.substr(0, 10)); !able)
        error("no_competence", able.error().what.en + ": " + able.error().found,
              able.error().what.zh + "：" + able.error().found);
  }

  /// The same rules as here? Else a laboratory's result would answer another question.
  void rules() {
    try {
      const Json plan = Json::parse(b_.plan_json), lock = Json::parse(b_.lock_json);
      const std::string full = plan.at("scheme"), id = full.substr(0, full.find('@'));
      compare("another_scheme", "scheme " + full, "方案 " + full, plan.at("scheme_sha256"),
              [&]() -> Result<std::string> {
                ASSAY_TRY(const auto path, catalog_find("schemes", id));
                ASSAY_TRY(const auto scheme, load_scheme(path));
                return scheme.sha256;
              });
      for (const auto& [suite_id, suite] : lock.at("suites").items()) {
        const std::string name = suite_id + " " + suite.at("version").get<std::string>();
        compare("another_suite", "suite " + name, "任务集 " + name, suite.at("sha256"),
                [&id = suite_id]() -> Result<std::string> {
                  ASSAY_TRY(const auto path, catalog_find("suites", id));
                  ASSAY_TRY(const auto found, load_suite(path));
                  return found.sha256;
                });
      }
      if (const auto earlier = plan.at("earlier_sessions").size(); earlier > 0)
        remark("examined_before", fmt::format("{} earlier examinations of this subject are on record there", earlier),
               fmt::format("该对象此前已有 {} 次检测记录", earlier));
    } catch (const Json::exception& exception) {
      error("malformed", exception.what(), exception.what());
    }
  }

  template <class F>
  void compare(const char* rule, const std::string& en, const std::string& zh, const std::string& theirs, F&& ours) {
    const auto here = ours();
    if (!here)
      error(rule, en + " is not in this catalogue", zh + " 不在本目录中");
    else if (*here != theirs)
      error(rule, en + " has other bytes here: sha256 " + *here + ", in the bundle " + theirs,
            zh + " 与本目录内容不同：此处 sha256 " + *here + "，包中 " + theirs);
  }

  const IntactBundle& b_;
  std::vector<Finding>& out_;
};

}  // namespace

int Intake::exit_code() const {
  constexpr int kIntegrity = 8;
  const auto& v = verification;
  for (const auto* answer : {&v.intact, &v.signer, &v.recomputes})
    if (answer->state == State::broken) return kIntegrity;
  return std::any_of(findings.begin(), findings.end(), [](const auto& f) { return f.error; }) ? 1 : 0;
}

Intake check_bundle(const std::string& path, const metrics::MetricRegistry& metrics) {
  Intake out;
  VerifyOptions options;
  options.sm3 = true;
  options.metrics = &metrics;
  out.verification = verify_bundle(path, options);
  const auto& v = out.verification;
  for (const auto* answer : {&v.intact, &v.signer, &v.recomputes})
    if (answer->state == State::broken) out.findings.push_back({true, "broken", answer->line});
  if (v.intact.state != State::yes) return out;
  if (const auto bundle = open_intact(path, false); bundle) Looking(*bundle, out.findings).run();
  if (v.rules_not_derived != 0)
    out.findings.push_back(
        {true,
         "rules_not_derived",
         {fmt::format("the rules of {} traces could not be derived from suite and seed", v.rules_not_derived),
          fmt::format("{} 份记录的判据无法由任务集与种子重新推导", v.rules_not_derived)}});
  return out;
}

}  // namespace assay::evidence
