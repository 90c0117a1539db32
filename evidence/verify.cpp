#include "evidence/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/mcap.h"
#include "core/sha256.h"
#include "evidence/errors.h"
#include "evidence/intact.h"
#include "evidence/unpack.h"

namespace assay::evidence {
namespace {

Answer broken(Error error) { return {State::broken, error.what, std::move(error)}; }

std::string day_of(const std::string& time) { return time.substr(0, 10); }

/// Whether the list's key was valid on that day.
bool valid_on(const TrustedKey& key, const std::string& day) {
  return (key.from.empty() || key.from <= day) && (key.until.empty() || day <= key.until);
}

bool has(const std::vector<Role>& roles, Role role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Answer no(std::string en, std::string zh) { return {State::no, {std::move(en), std::move(zh)}, std::nullopt}; }

Answer signer_of(const std::vector<Examination>& all, const std::string& division, const VerifyOptions& o) {
  if (all.empty()) return no("nobody signed it", "无人签名");
  std::string names;
  for (const auto& x : all)
    names += fmt::format("{}{} ({}, {}, key {}…)", names.empty() ? "" : "; ", x.person, to_string(x.role),
                         x.organisation, x.key_id.substr(0, 8));
  if (o.trust.empty())
    return no("signatures good, but no trust list was given: " + names, "签名有效，但未给出信任列表：" + names);
  const auto trust = load_trust(o.trust);
  if (!trust) return {State::no, trust.error().what, trust.error()};
  for (const auto& x : all) {
    const auto* key = trust->find(x.key_id);
    if (key == nullptr)
      return no(
          fmt::format("signature good, but key {}… ({}) is not in the trust list", x.key_id.substr(0, 8), x.person),
          fmt::format("签名有效，但密钥 {}…（{}）不在信任列表中", x.key_id.substr(0, 8), x.person));
    if (!has(key->roles, x.role) || key->person != x.person || key->organisation != x.organisation)
      return no(fmt::format("the trust list knows that key as another's or for other roles: {} as {}", x.person,
                            to_string(x.role)),
                fmt::format("信任列表中该密钥属于他人或不具该职责：{}（{}）", x.person, to_string(x.role)));
    if (!valid_on(*key, day_of(x.time)))
      return no(fmt::format("the key of {} was not valid on {}", x.person, day_of(x.time)),
                fmt::format("{} 的密钥在 {} 无效", x.person, day_of(x.time)));
  }
  for (const auto role : trust->required) {
    if (division != "lab") break;
    if (std::none_of(all.begin(), all.end(), [&](const auto& x) { return x.role == role; }))
      return no(fmt::format("no {} signed it", to_string(role)), fmt::format("缺少 {} 的签名", to_string(role)));
  }
  return {State::yes, {names, names}, std::nullopt};
}

Answer covers(const Examination& x, const VerifyOptions& o) {
  const std::string is = x.serial + ", " + x.software;
  if (o.serial.empty() && o.software.empty())
    return {State::unknown, {"not asked; it covers " + is, "未查询；覆盖 " + is}, {}};
  if (!o.serial.empty() && o.serial != x.serial)
    return no(fmt::format("serial {} was examined, not {}", x.serial, o.serial),
              fmt::format("受检编号为 {}，不是 {}", x.serial, o.serial));
  if (!o.software.empty() && o.software != x.software)
    return no(fmt::format("software {} was examined, not {}", x.software, o.software),
              fmt::format("受检软件为 {}，不是 {}", x.software, o.software));
  return {State::yes, {is, is}, std::nullopt};
}

/// Records count only if their signer is trusted: as a certifier for a laboratory's, as a vendor for its own.
Answer current(const IntactBundle& bundle, const std::vector<Examination>& signers, const VerifyOptions& o,
               std::optional<Standing>& standing) {
  if (o.state_register.empty()) return {State::unknown, {"no register of states was given", "未给出状态登记册"}, {}};
  const auto records = load_register(o.state_register);
  if (!records) return broken(records.error());
  if (o.trust.empty())
    return no("the register's signers cannot be known without a trust list", "没有信任列表，无法确认登记册的签名者");
  const auto trust = load_trust(o.trust);
  if (!trust) return {State::no, trust.error().what, trust.error()};
  for (const auto& record : *records) {
    const auto* key = trust->find(record.key_id);
    if (key == nullptr || key->person != record.person || !valid_on(*key, day_of(record.time)) ||
        !has(key->roles, Role::certifier))
      return no(fmt::format("record {} of the register is signed by nobody who may: {}", record.number, record.person),
                fmt::format("登记册第 {} 条的签名者无权登记：{}", record.number, record.person));
    if (record.kind != Kind::key_revoked) continue;
    for (const auto& x : signers)
      if (x.key_id == record.scope)
        return no(fmt::format("the key of {} was revoked on {}: {}", x.person, day_of(record.time), record.reason),
                  fmt::format("{} 的密钥已于 {} 吊销：{}", x.person, day_of(record.time), record.reason));
  }
  const std::string as_of = records->empty() ? "-" : day_of(records->back().time);
  standing = standing_of(*records, bundle.facts, bundle.results, o.today);
  const auto& state = standing->state;
  if (!state)
    return no("the register does not know it (as of " + as_of + ")", "登记册中无此证据包（截至 " + as_of + "）");
  if (state->kind != Kind::issued) {
    const std::string then = state->kind == Kind::superseded ? ", by " + state->certificate : "";
    return no(fmt::format("{} on {}{}: {}", to_string(state->kind), day_of(state->time), then, state->reason),
              fmt::format("{}（{}{}）：{}", to_string(state->kind), day_of(state->time), then, state->reason));
  }
  if (!state->expires.empty() && state->expires < o.today)
    return no("expired after " + state->expires, "已于 " + state->expires + " 到期");
  if (!standing->invalidations.empty()) {
    const auto& struck = standing->invalidations.back();
    return no(fmt::format("trial {} was declared invalid on {}: {}; ask for the amended certificate", struck.scope,
                          day_of(struck.time), struck.reason),
              fmt::format("试验 {} 于 {} 被判为无效：{}；请索取修订后的证书", struck.scope, day_of(struck.time),
                          struck.reason));
  }
  const std::string line = fmt::format("{} {} ({})", state->certificate, to_string(state->kind), as_of);
  return {State::yes, {line, line}, std::nullopt};
}

/// The trace of a trial out of the zip, one at a time.
Result<Trace> trace_from(const IntactBundle& bundle, const Scratch& scratch, const TrialRecord& trial) {
  const std::string name = trace_name(trial);
  const auto* entry = bundle.zip->find(name);
  if (entry == nullptr) return evidence_error(kNotRecomputable, {"the trace stayed home", "该记录未随包附上"}, name);
  ASSAY_TRY(const auto path, scratch.put(*bundle.zip, *entry, "trace.mcap"));
  return read_mcap(path);
}

Result<RecomputeInput> recompute_input(const IntactBundle& bundle, const VerifyOptions& o,
                                       const harness::SessionInputs& inputs) {
  RecomputeInput in;
  ASSAY_TRY(in.plan, harness::plan_from_json(bundle.plan_json));
  in.scheme = inputs.scheme;
  in.trials = bundle.trials;
  in.inputs = &inputs;
  ASSAY_TRY(in.seed, seed_of(bundle, in.plan));
  in.results = bundle.results;
  in.metrics = o.metrics;
  in.progress = o.progress;
  return in;
}

Result<void> redo(const IntactBundle& bundle, const VerifyOptions& o, Verification& out) {
  ASSAY_TRY(const auto scratch, Scratch::make());
  ASSAY_TRY(const auto inputs, inputs_of(bundle, *scratch));
  ASSAY_TRY(auto in, recompute_input(bundle, o, inputs));
  if (!bundle.manifest.withheld.empty()) {
    // Without traces the level can still be derived from the trials as recorded; that is said, and it is no ✓.
    const auto grade = grading::grade(in.scheme, in.plan, in.trials);
    out.differences = compare_grade(grade, in.results);
    const auto level = grade.overall_level;
    out.recomputes = {State::unknown,
                      {fmt::format("L{} follows from the trials as recorded; their traces stayed home", level),
                       fmt::format("由试验记录可得 L{}；原始记录未随包附上", level)},
                      std::nullopt};
  } else {
    in.trace = [&](const TrialRecord& trial) { return trace_from(bundle, *scratch, trial); };
    ASSAY_TRY(auto again, recompute(in));
    out.differences = std::move(again.differences);
    out.newer = std::move(again.newer);
    out.rules_not_derived = again.trials - again.rules_checked;
    out.recomputes = {
        State::yes,
        {fmt::format("L{} again from {} traces; rules derived anew for {}{}", again.grade.overall_level, again.trials,
                     again.rules_checked, again.why_no_rules.empty() ? "" : " (" + again.why_no_rules + ")"),
         fmt::format("由 {1} 份记录复算得 L{0}；重新推导判据 {2} 份{3}", again.grade.overall_level, again.trials,
                     again.rules_checked, again.why_no_rules.empty() ? "" : "（" + again.why_no_rules + "）")},
        std::nullopt};
  }
  if (out.differences.empty()) return {};
  const Difference& d = out.differences.front();
  return evidence_error(kDiffers, {"what is stored does not follow from the traces", "所存结果与原始记录的复算不符"},
                        d.trial == 0 ? "results.json" : fmt::format("trial {}", d.trial), d.what + " = " + d.recomputed,
                        {d.stored + ", as stored", d.stored + "（所存）"},
                        {"do not rely on this bundle", "请勿采信该证据包"});
}

/// False, or only not to be had here: a program that cannot read what another wrote accuses nobody.
Answer not_recomputed(Error error) {
  if (error.id == kDiffers || (error.id >= kNotABundle && error.id <= kTooLarge)) return broken(std::move(error));
  return {State::no,
          {"it could not be recomputed here: " + error.what.en, "无法在此复算：" + error.what.zh},
          std::move(error)};
}

}  // namespace

int Verification::exit_code() const {
  constexpr int kGood = 0, kIntegrity = 8, kUntrusted = 9;
  const Answer* all[] = {&intact, &signer, &covers, &current, &recomputes};
  const auto any = [&](State state) {
    return std::any_of(std::begin(all), std::end(all), [&](const auto* a) { return a->state == state; });
  };
  return any(State::broken) ? kIntegrity : any(State::no) ? kUntrusted : kGood;
}

Verification verify_bundle(const std::string& path, const VerifyOptions& o) {
  Verification out;
  auto bundle = open_intact(path, o.sm3);
  if (!bundle) {
    out.intact = broken(bundle.error());
    return out;
  }
  const Manifest& m = bundle->manifest;
  out.intact = {State::yes,
                {fmt::format("{0}/{0} files, no extra; {1} trials and {2} audit entries in their chains",
                             m.files.size(), m.trials, m.audit_entries),
                 fmt::format("{0}/{0} 个文件，无多余；{1} 次试验与 {2} 条审计记录链完整", m.files.size(), m.trials,
                             m.audit_entries)},
                std::nullopt};
  out.facts = bundle->facts;
  auto signatures = check_attestations(*bundle);
  if (!signatures) {
    out.signer = broken(signatures.error());
    return out;
  }
  out.signatures = std::move(*signatures);
  out.signer = signer_of(out.signatures, m.division, o);
  out.covers = covers(bundle->facts, o);
  out.results = bundle->results;
  out.current = current(*bundle, out.signatures, o, out.standing);
  if (!o.recompute)
    out.recomputes.line = {"not asked", "未要求"};
  else if (auto done = redo(*bundle, o, out); !done)
    out.recomputes = not_recomputed(done.error());
  return out;
}

Result<void> verify_disclosed(const std::string& path, const std::string& trace, const std::string& file,
                              const metrics::MetricRegistry& metrics) {
  ASSAY_TRY(const auto bundle, open_intact(path, false));
  const auto wrong = [&](std::string found, Text expected = {}) {
    return evidence_error(kWrongDisclosure, {"this is not the trace that the bundle names", "这不是证据包所指的记录"},
                          file, std::move(found), std::move(expected));
  };
  const auto trial = std::find_if(bundle.trials.begin(), bundle.trials.end(),
                                  [&](const auto& t) { return trace_name(t) == trace && !t.trace_sha256.empty(); });
  if (trial == bundle.trials.end()) return wrong("no trial has a trace " + trace);
  ASSAY_TRY(const auto digest, sha256_file(file));
  if (to_hex(digest) != trial->trace_sha256)
    return wrong("sha256 " + to_hex(digest), {"sha256 " + trial->trace_sha256, "sha256 " + trial->trace_sha256});
  RecomputeInput in;
  ASSAY_TRY(in.plan, harness::plan_from_json(bundle.plan_json));
  in.trials = {*trial};
  in.metrics = &metrics;
  in.trace = [&](const TrialRecord&) { return read_mcap(file); };
  ASSAY_TRY(const auto again, recompute(in));
  if (again.differences.empty()) return {};
  return wrong(again.differences.front().what + " = " + again.differences.front().recomputed,
               {again.differences.front().stored, again.differences.front().stored});
}

}  // namespace assay::evidence
