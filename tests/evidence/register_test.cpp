// States of certificates: signed, numbered, chained; and what a verifier makes of them.
#include "bundle_fixture.h"
#include "evidence/encoding.h"

namespace assay::evidence {
namespace {

class RegisterTest : public BundleTest {
 protected:
  void SetUp() override {
    BundleTest::SetUp();
    path_ = make_bundle("a.assay");
    sign(path_);
    trust_ = trust_list();
    book_ = file("register.jsonl");
    facts_ = *verify(path_).facts;
  }
  int enter(Kind kind, const PrivateKey& key, const std::string& person, StateRecord record = {}) {
    record.kind = kind;
    record.person = person;
    record.organisation = "Example Lab";
    record.time = "2026-11-22T12:00:00Z";
    if (record.manifest_sha256.empty()) record.manifest_sha256 = facts_.manifest_sha256;
    const auto v = verify(path_);
    const auto done = append_record(book_, record, key, v.signatures, v.facts->division);
    return done ? 0 : done.error().id;
  }
  int issue(const std::string& expires = "") {
    StateRecord record;
    record.certificate = "C-1";
    record.expires = expires;
    return enter(Kind::issued, certifier_, "Zhao", record);
  }
  Verification checked() { return verify(path_, {.trust = trust_, .state_register = book_}); }
  static StateRecord because(const std::string& reason) {
    StateRecord record;
    record.reason = reason;
    return record;
  }

  std::string path_, trust_, book_;
  Examination facts_;
};

TEST_F(RegisterTest, TheLifeOfACertificate) {
  EXPECT_EQ(issue(), 1131) << "no draft yet";
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(checked().current.state, State::no) << "a draft certifies nothing";
  EXPECT_EQ(issue("2027-11-22"), 0);
  EXPECT_EQ(checked().current.state, State::yes) << told(checked());
  EXPECT_EQ(checked().exit_code(), 0);
  EXPECT_EQ(enter(Kind::suspended, certifier_, "Zhao"), 1131) << "no reason";
  EXPECT_EQ(enter(Kind::suspended, certifier_, "Zhao", because("recall of the gripper")), 0);
  EXPECT_EQ(checked().exit_code(), 9);
  EXPECT_EQ(issue("2027-11-22"), 0) << "lifted";
  EXPECT_EQ(checked().exit_code(), 0);
  StateRecord amendment = because("serial number misprinted");
  amendment.certificate = "C-1-A1";
  EXPECT_EQ(enter(Kind::superseded, certifier_, "Zhao", amendment), 1131) << "by what?";
  amendment.replaced_by = std::string(64, 'a');
  EXPECT_EQ(enter(Kind::superseded, certifier_, "Zhao", amendment), 0);
  EXPECT_EQ(checked().exit_code(), 9);
  EXPECT_EQ(issue(), 1131) << "what is superseded stays so";
  EXPECT_EQ(load_register(book_)->size(), 5U);
}

TEST_F(RegisterTest, FourEyesDecide) {
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  StateRecord record;
  record.certificate = "C-1";
  EXPECT_EQ(enter(Kind::issued, tester_, "Wang", record), 1127);
  EXPECT_EQ(enter(Kind::issued, reviewer_, "Li", record), 1127);
  EXPECT_EQ(enter(Kind::issued, certifier_, "Li", record), 1127) << "another key does not make another person";
  EXPECT_EQ(enter(Kind::issued, reviewer_, "Zhao", record), 1127) << "nor another name another key";
  EXPECT_EQ(issue(), 0);
}

TEST_F(RegisterTest, ExpiredAndRevoked) {
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue("2026-11-22"), 0);
  EXPECT_EQ(checked().exit_code(), 9) << "today is the day after";
  std::filesystem::remove(book_);
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 0);
  EXPECT_EQ(checked().exit_code(), 0);
  StateRecord lost = because("laptop stolen");
  lost.scope = tester_.public_key().id();
  lost.manifest_sha256 = std::string(64, '0');
  EXPECT_EQ(enter(Kind::key_revoked, certifier_, "Zhao", lost), 0);
  EXPECT_EQ(checked().exit_code(), 9);
  EXPECT_NE(checked().current.line.en.find("laptop stolen"), std::string::npos);
}

TEST_F(RegisterTest, OnlyTheTrustedMayEnter) {
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  StateRecord record;
  record.certificate = "C-1";
  EXPECT_EQ(enter(Kind::issued, stranger_, "Zhao", record), 0) << "anyone can write a file";
  EXPECT_EQ(checked().exit_code(), 9) << "and nobody need believe it";
}

TEST_F(RegisterTest, EveryChangeOfTheRegisterIsSeen) {
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 0);
  EXPECT_EQ(enter(Kind::withdrawn, certifier_, "Zhao", because("fraud")), 0);
  const std::string text = slurp(book_);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string bent = text;
    bent[i] = static_cast<char>(bent[i] ^ (1 << (i % 7)));
    const auto read = register_from_text(bent, "register");
    ASSERT_FALSE(read.ok()) << i;
    EXPECT_EQ(read.error().id, 1131);
  }
  const auto second = text.find('\n') + 1, third = text.find('\n', second) + 1;
  EXPECT_FALSE(register_from_text(text.substr(second), "r").ok());
  EXPECT_FALSE(register_from_text(text.substr(0, second) + text.substr(third), "r").ok());
  EXPECT_FALSE(register_from_text(text + text.substr(third), "r").ok());
  EXPECT_TRUE(register_from_text(text, "r").ok());
}

TEST_F(RegisterTest, AnAmendmentHasANewNumberAndNamesWhatItReplaces) {
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 0);
  const std::string old_path = path_, old_manifest = facts_.manifest_sha256;
  path_ = make_bundle("b.assay");
  sign(path_);
  facts_ = *verify(path_).facts;
  ASSERT_NE(facts_.manifest_sha256, old_manifest);
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 1131) << "the number is taken";
  StateRecord amendment;
  amendment.certificate = "C-1-A1";
  amendment.replaces = "C-1";
  EXPECT_EQ(enter(Kind::issued, certifier_, "Zhao", amendment), 1131) << "why?";
  amendment.reason = "address corrected";
  amendment.replaces = "C-9";
  EXPECT_EQ(enter(Kind::issued, certifier_, "Zhao", amendment), 1131) << "no such certificate";
  amendment.replaces = "C-1-A1";
  EXPECT_EQ(enter(Kind::issued, certifier_, "Zhao", amendment), 1131) << "itself";
  amendment.replaces = "C-1";
  EXPECT_EQ(enter(Kind::issued, certifier_, "Zhao", amendment), 0);
  const auto now = checked();
  EXPECT_EQ(now.exit_code(), 0) << told(now);
  EXPECT_EQ(now.standing->replaces, "C-1");
  EXPECT_NE(lines_of(*now.standing).at(0).en.find("C-1-A1 replaces C-1: address corrected"), std::string::npos);
  const auto before = verify(old_path, {.trust = trust_, .state_register = book_});
  EXPECT_EQ(before.exit_code(), 9);
  EXPECT_NE(before.current.line.en.find("superseded"), std::string::npos) << before.current.line.en;
  EXPECT_NE(before.current.line.en.find("C-1-A1"), std::string::npos) << before.current.line.en;
  facts_.manifest_sha256 = old_manifest;
  EXPECT_EQ(enter(Kind::issued, certifier_, "Zhao", amendment), 1131) << "what is superseded stays so";
}

TEST_F(RegisterTest, WaiversAreShownAndCountOnlyBesideTheLevelAsExamined) {
  const Json results = {{"trials", {{{"number", 3}}}},
                        {"grade",
                         {{"indicators", {{{"id", "a"}}, {{"id", "b"}}}},
                          {"gates", {{{"id", "g"}}}},
                          {"overall",
                           {{{"level", 1}, {"conformity", "conform"}, {"blocking", Json::array()}},
                            {{"level", 2}, {"conformity", "not_conform"}, {"blocking", {"a"}}},
                            {{"level", 3}, {"conformity", "inconclusive"}, {"blocking", {"b", "a"}}},
                            {{"level", 4}, {"conformity", "inconclusive"}, {"blocking", {"g"}}}}}}}};
  std::vector<StateRecord> records;
  const auto waive = [&](const std::string& scope, const std::string& expires) {
    StateRecord r;
    r.kind = Kind::waiver;
    r.manifest_sha256 = facts_.manifest_sha256;
    r.scope = scope;
    r.reason = "lamp";
    r.expires = expires;
    records.push_back(r);
    facts_.overall_level = 1;
    return standing_of(records, facts_, results, "2026-11-23").level_with_waivers;
  };
  EXPECT_EQ(waive("a", "2026-11-22"), 1) << "expired";
  EXPECT_EQ(waive("b", "2026-11-23"), 1) << "the step below still blocks";
  EXPECT_EQ(waive("a", "2026-11-23"), 3);
  EXPECT_EQ(waive("g", "2027-11-23"), 3) << "a safety gate is never waived";
  const auto s = standing_of(records, facts_, results, "2026-11-23");
  EXPECT_EQ(s.level, 1) << "what was examined stays what it was";
  const auto lines = lines_of(s);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_NE(lines[0].en.find("not in force"), std::string::npos);
  EXPECT_EQ(lines[4].en, "L1 as examined; L3 with the waivers in force");
  EXPECT_EQ(standing_of(records, facts_, results, "2026-11-24").level_with_waivers, 1) << "a day later";

  StateRecord r;
  r.kind = Kind::waiver;
  const auto refused = [&](const std::string& scope, const std::string& expires) {
    r.scope = scope;
    r.expires = expires;
    const auto done = check_scope(r, results);
    return done ? 0 : done.error().id;
  };
  EXPECT_EQ(refused("a", "2027-01-31"), 0);
  EXPECT_EQ(refused("g", "2027-01-31"), 1132);
  EXPECT_EQ(refused("c", "2027-01-31"), 1132);
  EXPECT_EQ(refused("a", "2027-02-30"), 1132);
  r.kind = Kind::invalidation;
  EXPECT_EQ(refused("3", ""), 0);
  EXPECT_EQ(refused("4", ""), 1132);
}

TEST_F(RegisterTest, ATrialStruckOutAfterwardsIsNoLongerCurrent) {
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 0);
  StateRecord record = because("camera was loose");
  record.scope = "1";
  EXPECT_EQ(enter(Kind::invalidation, certifier_, "Zhao", record), 0);
  EXPECT_EQ(checked().exit_code(), 9);
  EXPECT_NE(checked().current.line.en.find("camera was loose"), std::string::npos);
}

TEST_F(RegisterTest, NothingButALaboratorysIsIssued) {
  path_ = make_bundle("self.assay", "self");
  sign(path_, "self");
  facts_ = *verify(path_).facts;
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 1128);
}

}  // namespace
}  // namespace assay::evidence
