// Attacks on a signed bundle. Everything must be refused, with the first broken thing named.
#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "bundle_fixture.h"
#include "evidence/dsse.h"
#include "evidence/encoding.h"
#include "evidence/records.h"

namespace assay::evidence {
namespace {

TEST_F(BundleTest, AGoodBundleGivesFiveAnswers) {
  const auto path = make_bundle("a.assay");
  sign(path);
  VerifyOptions o;
  o.trust = trust_list();
  o.serial = "GX-0042";
  o.software = "3.1.4";
  o.sm3 = true;
  const auto v = verify(path, o);
  EXPECT_EQ(v.intact.state, State::yes) << told(v);
  EXPECT_EQ(v.signer.state, State::yes) << told(v);
  EXPECT_EQ(v.covers.state, State::yes) << told(v);
  EXPECT_EQ(v.current.state, State::unknown) << "not asked is no yes";
  EXPECT_EQ(v.recomputes.state, State::unknown);
  EXPECT_EQ(v.exit_code(), 0);
  ASSERT_EQ(v.signatures.size(), 2U);
  EXPECT_EQ(v.signatures[1].algorithm, "sm2-sm3");
  EXPECT_EQ(v.facts->overall_level, 2);
}

TEST_F(BundleTest, EveryByteFlippedInTurnIsSeen) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const std::string trust = trust_list(), bytes = slurp(path);
  const int fd = ::open(path.c_str(), O_WRONLY);
  ASSERT_GE(fd, 0);
  std::size_t unseen = 0, unnamed = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char bent = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
    ASSERT_EQ(pwrite(fd, &bent, 1, static_cast<off_t>(i)), 1);
    const auto v = verify(path, {.trust = trust});
    if (v.exit_code() != 8) {
      ++unseen;
      ADD_FAILURE() << "byte " << i << "\n" << told(v);
      if (unseen > 5) break;
    }
    const auto& why = v.intact.why ? v.intact.why : v.signer.why;
    unnamed += why && !why->place.file.empty() ? 0U : 1U;
    ASSERT_EQ(pwrite(fd, &bytes[i], 1, static_cast<off_t>(i)), 1);
  }
  ::close(fd);
  EXPECT_EQ(unnamed, 0U);
  EXPECT_EQ(verify(path, {.trust = trust}).exit_code(), 0) << "whole again";
  RecordProperty("bytes", std::to_string(bytes.size()));
}

TEST_F(BundleTest, EveryTruncationIsSeen) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const std::string bytes = slurp(path);
  for (std::size_t size = 0; size < bytes.size(); size += size < 200 || bytes.size() - size < 200 ? 1 : 97) {
    spill(path, bytes.substr(0, size));
    EXPECT_EQ(verify(path).exit_code(), 8) << size;
  }
}

TEST_F(BundleTest, EachFileRemovedAddedTruncatedSwapped) {
  const auto path = make_bundle("a.assay"), other = make_bundle("b.assay");
  sign(path);
  sign(other);
  const Files files = unzip(path), others = unzip(other);
  const std::string trust = trust_list(), target = file("attack.assay");
  const auto refused = [&](const Files& attack, const std::string& what) {
    rezip(attack, target);
    const auto v = verify(target, {.trust = trust});
    EXPECT_NE(v.exit_code(), 0) << what;
    return v;
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& name = files[i].first;
    Files removed = files, truncated = files, added = files, swapped = files;
    removed.erase(removed.begin() + static_cast<std::ptrdiff_t>(i));
    const auto v = refused(removed, "removed " + name);
    if (name != kAttestationsName) {  // without signatures it is intact, and nobody's
      EXPECT_EQ(v.exit_code(), 8);
      EXPECT_EQ(v.intact.why->place.file, name) << told(v);
    } else {
      EXPECT_EQ(v.exit_code(), 9);
    }
    truncated[i].second.resize(truncated[i].second.size() / 2);
    EXPECT_EQ(refused(truncated, "truncated " + name).exit_code(), 8);
    added.insert(added.begin() + static_cast<std::ptrdiff_t>(i), {"extra" + std::to_string(i), "x"});
    EXPECT_EQ(refused(added, "added before " + name).exit_code(), 8);
    for (const auto& [theirs, text] : others)
      if (theirs == name && text != files[i].second) {
        swapped[i].second = text;
        EXPECT_EQ(refused(swapped, "swapped " + name).exit_code(), 8);
      }
    if (i > 0) {
      std::swap(swapped[i], swapped[i - 1]);
      EXPECT_EQ(refused(swapped, "order of " + name).exit_code(), 8);
    }
  }
}

TEST_F(BundleTest, TrialsRemovedReorderedRepeatedRewritten) {
  const auto path = make_bundle("a.assay");
  sign(path);
  std::string head;
  const auto trials = trials_from_lines(text_in(path, "trials.jsonl"), head);
  ASSERT_TRUE(trials.ok());
  const auto attack = [&](const std::string& what, std::vector<TrialRecord> changed) {
    // The chain, the counts, the manifest: all rebuilt. Only the key is missing.
    const auto forgery = forged(path, [&](Files& files) {
      std::string ignored;
      content(files, "trials.jsonl") = trial_lines(changed, ignored);
    });
    const auto v = verify(forgery);
    EXPECT_EQ(v.exit_code(), 8) << what << "\n" << told(v);
    EXPECT_EQ(broken_id(v), 1124) << what << "\n" << told(v);
  };
  auto changed = *trials;
  changed.pop_back();
  attack("last removed", changed);
  changed = *trials;
  changed.erase(changed.begin() + 1);
  attack("middle removed", changed);
  changed = *trials;
  changed[0].verdict.outcome = Outcome::failure;
  attack("outcome changed", changed);
  changed = *trials;
  changed[1].validity = Validity::valid;
  changed[1].invalid_reason.clear();
  changed[1].invalid_by.clear();
  attack("invalidation washed off", changed);
  changed = *trials;
  changed[0].metrics[0].value = 0.25;
  attack("metric changed", changed);

  // Lines moved without rebuilding: the chain itself breaks, and names the line.
  const auto lines_attack = [&](const std::string& what, int line,
                                const std::function<void(std::vector<std::string>&)>& change) {
    const auto forgery = forged(path, [&](Files& files) {
      std::string& text = content(files, "trials.jsonl");
      std::vector<std::string> lines;
      for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
      }
      change(lines);
      text.clear();
      for (const auto& l : lines) text += l + "\n";
    });
    const auto v = verify(forgery);
    ASSERT_EQ(broken_id(v), 1123) << what << told(v);
    EXPECT_EQ(v.intact.why->place.line, line) << what;
  };
  lines_attack("removed", 2, [](auto& l) { l.erase(l.begin() + 1); });
  lines_attack("reordered", 1, [](auto& l) { std::swap(l[0], l[1]); });
  lines_attack("repeated", 3, [](auto& l) { l.insert(l.begin() + 2, l[1]); });
}

TEST_F(BundleTest, ChainsRebuiltWithoutTheKey) {
  const auto path = make_bundle("a.assay"), other = make_bundle("b.assay");
  sign(path);
  // Everything of another, better session, with the good bundle's signatures.
  auto forgery = file("stolen.assay");
  Files files = unzip(other), signed_files = unzip(path);
  files.emplace_back(kAttestationsName, content(signed_files, kAttestationsName));
  rezip(files, forgery);
  auto v = verify(forgery, {.trust = trust_list()});
  EXPECT_EQ(v.intact.state, State::yes) << told(v);
  EXPECT_EQ(v.exit_code(), 8);
  EXPECT_EQ(broken_id(v), 1126) << told(v);

  // A level edited, everything that can be computed computed again, the old signature kept.
  forgery = forged(path, [](Files& f) {
    std::string& text = content(f, "results.json");
    text.replace(text.find("\"overall_level\": 2"), 18, "\"overall_level\": 5");
  });
  v = verify(forgery, {.trust = trust_list()});
  EXPECT_EQ(v.exit_code(), 8);
  EXPECT_EQ(broken_id(v), 1126) << told(v);

  // The same, signed by a key of the forger's own.
  Files stripped = unzip(forgery);
  std::erase_if(stripped, [](const auto& f) { return f.first == kAttestationsName; });
  rezip(stripped, forgery);
  ASSERT_TRUE(sign_bundle(forgery, stranger_, {Role::tester, "Wang", "Example Lab", "2026-11-22T10:00:00Z", {}}).ok());
  v = verify(forgery, {.trust = trust_list()});
  EXPECT_EQ(v.exit_code(), 9) << told(v);
}

TEST_F(BundleTest, AuditLogRewritten) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const auto refused = [&](const std::string& what, int id, const std::function<void(std::string&)>& change) {
    const auto v = verify(forged(path, [&](Files& files) { change(content(files, "audit.jsonl")); }));
    EXPECT_EQ(v.exit_code(), 8) << what;
    EXPECT_EQ(broken_id(v), id) << what << "\n" << told(v);
  };
  refused("person", 1124, [](auto& t) { t.replace(t.find("Li"), 2, "Xi"); });
  refused("first entry gone", 1124, [](auto& t) { t.erase(0, t.find('\n') + 1); });
  refused("last entry gone", 1125, [](auto& t) { t.erase(t.rfind('\n', t.size() - 2) + 1); });
  // An invalidation hidden as if it were of another session: the trial then differs.
  refused("entry closed", 1124, [](auto& t) {
    std::string out;
    for (std::size_t at = 0; at < t.size();) {
      const auto end = t.find('\n', at);
      std::string line = t.substr(at, end - at);
      if (line.find("\"invalidated\"") != std::string::npos) {
        const Json j = Json::parse(line);
        line = canonical({{"number", j.at("number")}, {"previous", j.at("previous")}, {"hash", j.at("hash")}});
      }
      out += line + "\n";
      at = end + 1;
    }
    t = out;
  });
}

TEST_F(BundleTest, ASelfAssessmentNeverPassesForALaboratorys) {
  const auto path = make_bundle("self.assay", "self");
  const auto as_lab = sign_bundle(path, tester_, {Role::tester, "Wang", "Example Lab", "2026-11-22T10:00:00Z", {}});
  ASSERT_FALSE(as_lab.ok());
  EXPECT_EQ(as_lab.error().id, 1128);
  sign(path, "self");
  auto v = verify(path, {.trust = trust_list()});
  EXPECT_EQ(v.exit_code(), 0) << told(v);
  EXPECT_EQ(v.facts->division, "self");

  // "lab" written wherever the bundle says "self"; then only in the plan; then signed by the vendor once more.
  const auto relabel = [](std::string& text) {
    for (std::size_t at = 0; (at = text.find("\"self\"", at)) != std::string::npos;) text.replace(at, 6, "\"lab\"");
  };
  auto forgery = forged(path, [&](Files& files) {
    for (auto& [name, text] : files)
      if (name != kAttestationsName && name != "audit.jsonl") relabel(text);
  });
  v = verify(forgery, {.trust = trust_list()});
  EXPECT_EQ(v.exit_code(), 8);
  EXPECT_NE(v.intact.state, State::yes) << "the plan that was chained says self: " << told(v);
  forgery = forged(path, [&](Files& files) { relabel(content(files, "results.json")); });
  EXPECT_EQ(broken_id(verify(forgery)), 1128);
  const auto lab = make_bundle("lab.assay", "lab");
  EXPECT_EQ(sign_bundle(lab, vendor_, {Role::vendor, "Smith", "Example Robots", "2026-11-22T10:00:00Z", {}}).error().id,
            1128);
}

TEST_F(BundleTest, FourEyes) {
  const auto path = make_bundle("a.assay");
  const auto by = [&](const PrivateKey& key, Role role, const char* person) {
    const auto done = sign_bundle(path, key, {role, person, "Example Lab", "2026-11-22T10:00:00Z", {}});
    return done ? 0 : done.error().id;
  };
  EXPECT_EQ(by(reviewer_, Role::reviewer, "Li"), 1127) << "nothing to review yet";
  EXPECT_EQ(by(tester_, Role::tester, "Wang"), 0);
  EXPECT_EQ(by(tester_, Role::reviewer, "Li"), 1127) << "the same key";
  EXPECT_EQ(by(reviewer_, Role::reviewer, "Wang"), 1127) << "the same person";
  EXPECT_EQ(by(reviewer_, Role::certifier, "Li"), 1127) << "not reviewed";
  EXPECT_EQ(by(reviewer_, Role::reviewer, "Li"), 0);
  EXPECT_EQ(by(certifier_, Role::certifier, "Li"), 1127);
  EXPECT_EQ(by(certifier_, Role::certifier, "Zhao"), 0);
  EXPECT_EQ(verify(path, {.trust = trust_list()}).exit_code(), 0);
}

TEST_F(BundleTest, SignedOnlyByTheCompetentWithEquipmentInDate) {
  const auto signed_by_wang = [&](std::vector<std::pair<std::string, std::string>> entered,
                                  const std::string& division = "lab") {
    entered_ = std::move(entered);
    const auto path = make_bundle("c" + std::to_string(made_) + ".assay", division);
    const Role role = division == "lab" ? Role::tester : Role::vendor;
    const auto done = sign_bundle(path, tester_, {role, "Wang", "Example Lab", "2026-11-22T10:00:00Z", {}});
    return done ? 0 : done.error().id;
  };
  const std::string wang = R"({"id":"Wang / logistics","person":"Wang","suite":)";
  EXPECT_EQ(signed_by_wang({}), 0);
  EXPECT_EQ(signed_by_wang({{"competence", wang + R"("logistics","due":"2026-11-22"})"}}), 0) << "its last day";
  EXPECT_EQ(signed_by_wang({{"competence", wang + R"("logistics","due":"2026-11-21"})"}}), 1104);
  EXPECT_EQ(signed_by_wang({{"competence", wang + R"("motion"})"}}), 1104) << "for another suite";
  EXPECT_EQ(signed_by_wang({{"competence", wang + R"("*"})"}}), 0);
  EXPECT_EQ(signed_by_wang({{"competence", wang + R"("logistics","role":"reviewer"})"}}), 1104) << "to review alone";
  EXPECT_EQ(signed_by_wang({{"competence", R"({"id":"Wang / logistics","person":"Wu","suite":"logistics"})"}}), 1104);
  EXPECT_EQ(signed_by_wang({{"equipment", R"({"id":"FT-1","due":"2026-11-20"})"}}), 1105) << "over before the close";
  EXPECT_EQ(signed_by_wang({{"equipment", R"({"id":"FT-1","due":"2026-11-21"})"}}), 0);
  EXPECT_EQ(signed_by_wang({{"equipment", R"({"id":"FT-1","due":"2026-11-20"})"}}, "self"), 0) << "a vendor's own";
}

TEST_F(BundleTest, TheVerifierInPythonRefusesTheSame) {
  const std::string script = ASSAY_SOURCE_DIR "/tests/evidence/python_attacks.py";
  if (std::system("python3 -c 'import zlib' 2>/dev/null") != 0) GTEST_SKIP() << "no python3";
  const auto path = make_bundle("a.assay"), other = make_bundle("b.assay"), self = make_bundle("self.assay", "self");
  sign(path);
  sign(other);
  EXPECT_EQ(std::system(("python3 " + script + " " + path + " " + other + " " + self + " 1>&2").c_str()), 0);
}

TEST_F(BundleTest, SignersThatAreNotTrusted) {
  const auto path = make_bundle("a.assay");
  EXPECT_EQ(verify(path, {.trust = trust_list()}).exit_code(), 9) << "nobody signed";
  sign(path);
  EXPECT_EQ(verify(path).exit_code(), 9) << "no list";
  const std::string list = trust_list();
  const std::string text = slurp(list);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    spill(file("other.yaml"), changed);
    return verify(path, {.trust = file("other.yaml")}).exit_code();
  };
  EXPECT_EQ(with("person: Wang", "person: Wu"), 9);
  EXPECT_EQ(with("roles: [tester]", "roles: [vendor]"), 9);
  EXPECT_EQ(with("until: \"2027-12-31\"", "until: \"2026-11-21\""), 9) << "a stale key";
  EXPECT_EQ(with("from: \"2026-01-01\"", "from: \"2026-11-23\""), 9);
  EXPECT_EQ(with("Example Lab", "Another Lab"), 9);
  EXPECT_EQ(with("schema: assay.trust/1", "schema: assay.trust/2"), 9);
  spill(file("other.yaml"), trust_list("required_roles: [tester, reviewer, certifier]\n").empty() ? "" : slurp(list));
  EXPECT_EQ(verify(path, {.trust = file("other.yaml")}).exit_code(), 9) << "no certifier signed";
}

TEST_F(BundleTest, AnotherRobot) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const std::string trust = trust_list();
  EXPECT_EQ(verify(path, {.trust = trust, .serial = "GX-0043"}).exit_code(), 9);
  EXPECT_EQ(verify(path, {.trust = trust, .software = "3.1.5"}).exit_code(), 9);
  EXPECT_EQ(verify(path, {.trust = trust, .serial = "GX-0042"}).exit_code(), 0);
}

TEST_F(BundleTest, LastSignatureCutOffOrSignaturesReordered) {
  const auto path = make_bundle("a.assay");
  sign(path);
  const auto lines_changed = [&](const std::function<std::string(const std::string&, const std::string&)>& change) {
    return forged(path, [&](Files& files) {
      std::string& text = content(files, kAttestationsName);
      const auto end = text.find('\n') + 1;
      text = change(text.substr(0, end), text.substr(end));
    });
  };
  const std::string trust = trust_list();
  EXPECT_EQ(verify(lines_changed([](auto& a, auto& b) { return b + a; }), {.trust = trust}).exit_code(), 8);
  EXPECT_EQ(verify(lines_changed([](auto&, auto& b) { return b; }), {.trust = trust}).exit_code(), 8);
  EXPECT_EQ(verify(lines_changed([](auto& a, auto& b) { return a + b + b; }), {.trust = trust}).exit_code(), 8);
  // The last one gone leaves no gap: what is missing is the reviewer, and a list that asks for one says so.
  EXPECT_EQ(verify(lines_changed([](auto& a, auto&) { return a; }), {.trust = trust}).exit_code(), 9);
}

TEST_F(BundleTest, WithheldTracesAreNamedAndTheirDigestsStand) {
  const auto path = make_bundle("a.assay", "lab", true);
  sign(path);
  const auto v = verify(path, {.trust = trust_list()});
  EXPECT_EQ(v.exit_code(), 0) << told(v);
  EXPECT_EQ(v.facts->withheld, 3);
  EXPECT_EQ(v.facts->traces, 3);
  Files files = unzip(path);
  for (const auto& [name, text] : files) EXPECT_FALSE(name.starts_with("traces/"));
}

TEST_F(BundleTest, TheNewestEntryOfEachPieceOfEquipment) {
  const auto items = Json::parse(text_in(make_bundle("a.assay"), "equipment.json")).at("items");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].at("due"), "2027-01-31");
  EXPECT_EQ(items[0].at("by"), "Li");
}

TEST_F(BundleTest, ABundleIsMadeOnlyOfWhatIsWhole) {
  const auto path = make_bundle("a.assay");
  folder_ += "/w0";
  const auto store = open();
  auto session = store->session("last");
  ASSERT_TRUE(session.ok());
  const auto trials = store->trials(session->number);
  BundleInput input{.store = store.get(),
                    .session = *session,
                    .plan = {},
                    .subject_json = "{}",
                    .tool_version = "t",
                    .documents = {}};
  input.session.state = "locked";
  EXPECT_EQ(create_bundle(input, path + "2").error().id, 1110);
  input.session.state = "closed";
  spill(trials->front().trace_path, "another trace");
  EXPECT_EQ(create_bundle(input, path + "2").error().id, 1122);
  std::filesystem::remove(trials->front().trace_path);
  EXPECT_EQ(create_bundle(input, path + "2").error().id, 1110);
  EXPECT_FALSE(std::filesystem::exists(path + "2"));
  EXPECT_FALSE(std::filesystem::exists(path + "2.partial"));
  folder_ = folder_.substr(0, folder_.rfind('/'));
}

}  // namespace
}  // namespace assay::evidence
