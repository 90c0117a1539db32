// States of certificates: signed, numbered, chained; and what a verifier makes of them.
#include "bundle_fixture.h"

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

TEST_F(RegisterTest, NothingButALaboratorysIsIssued) {
  path_ = make_bundle("self.assay", "self");
  sign(path_, "self");
  facts_ = *verify(path_).facts;
  EXPECT_EQ(enter(Kind::draft, certifier_, "Zhao"), 0);
  EXPECT_EQ(issue(), 1128);
}

}  // namespace
}  // namespace assay::evidence
