// The memory audit's exact test, and suppositions.
#include <gtest/gtest.h>

#include "grading/decide.h"
#include "grading/what_if.h"
#include "world.h"

namespace assay::grading::testing {
namespace {

/// A plan with eight audited indices of sorting at L1, and a session of 40 successes there.
struct Audited {
  Scheme scheme = small_scheme();
  Plan plan = plan_of(scheme, small_subject("arm", 1));
  Session session;
  Audited() {
    for (int i = 0; i < 8; ++i) plan.series[0].audit.push_back(2 * i);
    session.add_many(kSort, 1, 40, Outcome::success);
  }
  void add_audit(int index, Outcome outcome) {
    auto trial = session.trials().front();
    trial.number = static_cast<std::int64_t>(session.trials().size()) + 1;
    trial.index = kAuditIndex + index;
    trial.verdict.outcome = outcome;
    trial.initial_state_digest = "audit" + std::to_string(index);
    session.trials().push_back(trial);
  }
};

TEST(MemoryAudit, IsAnExactSignTestOnThePairsThatDiffer) {
  Audited a;
  for (int i = 0; i < 8; ++i) a.add_audit(2 * i, i < 6 ? Outcome::failure : Outcome::success);
  auto r = *decide_audit(a.plan, a.session.trials());
  EXPECT_EQ(r.pairs, 8);
  EXPECT_EQ(r.only_original, 6);
  EXPECT_EQ(r.only_audit, 0);
  EXPECT_DOUBLE_EQ(r.p, 1.0 / 64);
  EXPECT_FALSE(r.flagged) << "1/64 is above 0.01";
  a.session.trials()[40 + 6].verdict.outcome = Outcome::failure;
  r = *decide_audit(a.plan, a.session.trials());
  EXPECT_DOUBLE_EQ(r.p, 1.0 / 128);
  EXPECT_TRUE(r.flagged);
  EXPECT_EQ(r.trials.size(), 7u);
  a.session.trials()[14].verdict.outcome = Outcome::failure;  // index 14: the audit twin alone succeeds
  r = *decide_audit(a.plan, a.session.trials());
  EXPECT_EQ(r.only_audit, 1);
  EXPECT_DOUBLE_EQ(r.p, (8.0 + 1.0) / 256);
  EXPECT_FALSE(r.flagged);
}

TEST(MemoryAudit, AFlaggedSubjectIsGivenNoLevelAndAuditTrialsCountForNoIndicator) {
  Audited a;
  EXPECT_EQ(grade(a.scheme, a.plan, a.session.trials()).overall_level, 1);
  const auto before = indicator(grade(a.scheme, a.plan, a.session.trials()), "sort.l1").n;
  for (int i = 0; i < 8; ++i) a.add_audit(2 * i, Outcome::failure);
  const auto g = grade(a.scheme, a.plan, a.session.trials());
  EXPECT_EQ(indicator(g, "sort.l1").n, before);
  EXPECT_EQ(indicator(g, "sort.l1").conformity, Conformity::conform);
  EXPECT_EQ(g.overall_level, 0);
  EXPECT_EQ(g.limiting, std::vector<std::string>{AuditResult::kId});
  const auto why = explain(a.scheme, a.plan, g, a.session.trials(), 0);
  ASSERT_EQ(why.items.size(), 1u);
  EXPECT_EQ(why.items[0].failed_trials.size(), 8u);
}

TEST(MemoryAudit, IsAbsentWhereThePlanHasNone) {
  const auto scheme = small_scheme();
  EXPECT_FALSE(grade(scheme, plan_of(scheme, small_subject()), {}).audit);
}

WhatIf suppose(const Session& session, const std::string& text) {
  const auto scheme = small_scheme();
  const auto read = read_supposition(text);
  EXPECT_TRUE(read.ok());
  const auto out = what_if(scheme, plan_of(scheme, small_subject("arm", 1)), session.trials(), {*read});
  EXPECT_TRUE(out.ok());
  return *out;
}

TEST(WhatIf, SaysWhatLevelWouldFollow) {
  Session session;
  session.add_word(kSort, 1, "sssss");
  const auto more = suppose(session, "more=40");
  EXPECT_EQ(more.before.overall_level, 0);
  EXPECT_EQ(more.after.overall_level, 1);
  EXPECT_EQ(suppose(session, "sort.l1=+30/40").after.overall_level, 0);
  EXPECT_EQ(suppose(session, "sort.l1=60/60").after.overall_level, 1) << "beyond the plan: Clopper-Pearson";
  const auto lower = suppose(session, "limit:sort.l1=0.4");
  EXPECT_EQ(lower.after.overall_level, 1) << "5 of 5 show 0.05^(1/5) = 0.549";
  EXPECT_EQ(indicator(lower.after, "sort.l1").limit, 0.4);
  EXPECT_EQ(indicator(lower.before, "sort.l1").limit, 0.8);
}

TEST(WhatIf, RefusesWhatItCannotRead) {
  for (const auto* text : {"", "=1/2", "x", "x=3/2", "x=-1/2", "x=1/0", "limit:x=nan", "limit:x=", "more=0", "more=a"})
    EXPECT_EQ(read_supposition(text).error().id, 612) << text;
  const auto scheme = small_scheme();
  const auto read = read_supposition("nothing=3/4");
  EXPECT_EQ(what_if(scheme, plan_of(scheme, small_subject()), {}, {*read}).error().id, 613);
  const auto beyond = read_supposition("limit:sort.l1=1.5");  // no probability
  EXPECT_EQ(what_if(scheme, plan_of(scheme, small_subject()), {}, {*beyond}).error().id, 612);
}

}  // namespace
}  // namespace assay::grading::testing
