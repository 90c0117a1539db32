"""A day in the laboratory, end to end: run, interrupted, resumed, reviewed, signed, issued, amended; checked by strangers."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
import zlib

from support import ASSAY, SOURCE, Case

TOOL = os.path.join(SOURCE, "tools", "assay_verify.py")
sys.path.insert(0, os.path.dirname(TOOL))
import assay_verify  # noqa: E402


def rezip(files, path):
    """The one spelling of zip, checksums fitting: what a forger without the key can do."""
    body, directory = b"", b""
    for name, text in files:
        raw, crc = name.encode(), zlib.crc32(text)
        directory += assay_verify.central_header(raw, len(text), crc, len(body))
        body += assay_verify.local_header(raw, len(text), crc) + text
    with open(path, "wb") as out:
        out.write(body + directory + assay_verify.end_records(len(files), len(body), len(directory)))


def unzip(path):
    bundle = assay_verify.Zip(path)
    return [(name, bundle.text(name)) for name, *_ in bundle.entries]


class Evidence(Case):
    def key(self, name, *words):
        path = os.path.join(self.folder, name)
        made = self.json("key", "new", path, *words)
        with open(made["public"], encoding="ascii") as public:
            return path, made["key_id"], public.read()

    def trust(self, *entries):
        text = "schema: assay.trust/1\nkeys:\n"
        for person, roles, (_, _, pem) in entries:
            text += f"  - person: {person}\n    organisation: Example Lab\n    roles: [{roles}]\n    public_key: |\n"
            text += "".join(f"      {line}\n" for line in pem.splitlines())
        return self.write("trust.yaml", text)

    def sign(self, bundle, key, role, person, *words):
        return self.assay("bundle", "sign", bundle, "--key", key[0], "--role", role, "--person", person, "--organisation",
                          "Example Lab", *words)

    def verify(self, bundle, *words):
        done = self.assay("--json", "bundle", "verify", bundle, *words)
        return done.returncode, json.loads(done.stdout)

    def python(self, bundle, *keys):
        return subprocess.run([sys.executable, TOOL, bundle, *keys], capture_output=True, text=True, check=False)

    def run_interrupted(self, *words, by=signal.SIGINT):
        """Interrupted once some trials ran; then resumed. SIGKILL takes the workers, too: a power cut."""
        run = subprocess.Popen([ASSAY, "--workspace", self.workspace, "-q", "run", *words], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
        for _ in range(1200):
            time.sleep(0.1)
            if run.poll() is not None:
                break
            if os.path.exists(os.path.join(self.workspace, "assay.db")):
                listed = self.assay("--json", "trial", "list")
                if listed.returncode == 0 and len(json.loads(listed.stdout)["trials"]) > 2:
                    os.killpg(run.pid, by) if by == signal.SIGKILL else run.send_signal(by)
                    break
        code = run.wait(timeout=300)
        if code in (75, -signal.SIGKILL):
            self.assertIn(self.assay("resume", timeout=800).returncode, (0, 1, 5, 7))
        return code

    def intake(self):
        """A vendor's self-assessment comes in; the laboratory runs the checker that the vendor ran."""
        self.workspace = os.path.join(self.folder, "vendor")
        self.assay("-q", "run", "--subject", "null-arm", "--level", "1", timeout=600)
        bundle, vendor = os.path.join(self.folder, "self.assay"), self.key("vendor-key")
        self.assertEqual(self.assay("bundle", "create", "-o", bundle).returncode, 0)
        self.assertIn("not_signed", self.rules(bundle, 1))
        self.assertEqual(self.sign(bundle, vendor, "vendor", "Smith").returncode, 0)
        self.assertEqual(self.rules(bundle, 0), {"self_assessment"})
        self.workspace = os.path.join(self.folder, "workspace")

    def laboratory(self):
        """Who may do what with which instrument; then the run, and the power goes."""
        for person in ("Wang", "Zhao"):
            self.enter("competence", f"{person} / logistics_assembly", "due=2099-12-31")
        self.enter("equipment", "FT-1", "certificate=K-12", "due=2020-01-31")
        self.assertEqual(self.assay("doctor").returncode, 0)
        secret = self.write("secret", "0123456789abcdef0123456789abcdef")
        os.chmod(secret, 0o600)
        code = self.run_interrupted("--subject", "reference-arm", "--level", "1", "--division", "lab", "--secret-file", secret,
                                    "--campaign", "C1", by=signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL, "it was over before the power went")
        self.assertEqual(self.assay("doctor").returncode, 0, "the chain holds")
        self.assertEqual(self.assay("reveal").returncode, 0)
        return os.path.join(self.folder, "session.assay")

    def enter(self, kind, name, *values):
        words = [w for value in values for w in ("--set", value)]
        done = self.assay("enter", kind, name, "--by", "Chen", *words)
        self.assertEqual(done.returncode, 0, done.stderr)

    def not_yet(self, bundle, key, role, person, error):
        done = self.sign(bundle, key, role, person)
        self.assertEqual((done.returncode, error in done.stderr), (10, True), done.stderr)

    def readme_commands(self, folder):
        """What README.txt says, by the letter."""
        with open(os.path.join(folder, "README.txt"), encoding="utf-8") as readme:
            text = readme.read()
        body = text[text.index("--- 1."):text.index("--- end")]
        script = "set -e\n" + "\n".join(line for line in body.splitlines() if not line.startswith("---"))
        return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False,
                              env=dict(os.environ, TMPDIR=self.folder))

    def test_a_day_in_the_laboratory(self):
        self.intake()
        bundle = self.laboratory()
        wang, li, zhao = self.key("wang"), self.key("li", "--algorithm", "sm2"), self.key("zhao")
        trust = self.trust(("Wang", "tester", wang), ("Li", "reviewer", li), ("Zhao", "certifier", zhao))
        register = os.path.join(self.folder, "register.jsonl")
        statement = os.path.join(self.folder, "locked.dsse")
        done = self.assay("preregister", statement, "--key", zhao[0], "--person", "Zhao", "--organisation", "Example Lab")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.stamped(statement)

        # Review: everything once more from the traces; one trial struck out.
        again = self.json("recompute")
        self.assertEqual((again["differences"], again["grade_compared"]), ([], True))
        self.assertEqual(again["rules_checked"], again["trials"])
        self.strike_out(0, "lab_power")

        # Signing: refused to those who may not, with what may not be used.
        self.assertEqual(self.json("bundle", "create", "-o", bundle)["division"], "lab")
        self.not_yet(bundle, wang, "tester", "Wang", "ASSAY-1105")
        self.enter("equipment", "FT-1", "certificate=K-13", "due=2099-01-31")
        self.assertEqual(self.json("bundle", "create", "-o", bundle)["division"], "lab")
        self.assertEqual(self.sign(bundle, wang, "tester", "Wang").returncode, 0)
        self.not_yet(bundle, li, "reviewer", "Li", "ASSAY-1104")
        self.enter("competence", "Li / logistics_assembly", "role=reviewer")
        self.assertEqual(self.json("bundle", "create", "-o", bundle)["division"], "lab")
        self.not_yet(bundle, li, "tester", "Li", "ASSAY-1104")
        self.assertEqual(self.sign(bundle, wang, "tester", "Wang").returncode, 0)
        self.assertEqual(self.sign(bundle, wang, "reviewer", "Wang").returncode, 2)
        self.assertIn("ASSAY-1127", self.sign(bundle, li, "reviewer", "Wang").stderr)
        self.assertEqual(self.sign(bundle, li, "reviewer", "Li", "--deviation", "lamp at 400 lx").returncode, 0)
        done = self.assay("preregister", statement, "--check", bundle)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.rules(bundle, 0) - {"closed_entries"}, {"invalid"})

        # Issued, by a third person; a waiver beside it.
        state = ("--register", register, "--organisation", "Example Lab", "--key")
        zhaos = (*state, zhao[0], "--person", "Zhao")
        self.assertEqual(self.assay("state", "draft", bundle, *zhaos).returncode, 0)
        refused = self.assay("state", "issued", bundle, "--certificate", "C-1", *state, wang[0], "--person", "Wang")
        self.assertIn("ASSAY-1127", refused.stderr)
        issued = self.assay("state", "issued", bundle, "--certificate", "C-1", *zhaos)
        self.assertEqual(issued.returncode, 0, issued.stderr)
        grade = json.loads(dict(unzip(bundle))["results.json"])["grade"]
        waiver = ("--reason", "lamp replaced", "--expires", "2099-12-31", *zhaos)
        gate = self.assay("state", "waiver", bundle, "--scope", grade["gates"][0]["id"], *waiver)
        self.assertEqual((gate.returncode, "ASSAY-1132" in gate.stderr), (2, True), gate.stderr)
        indicator = grade["indicators"][0]["id"]
        self.assertEqual(self.assay("state", "waiver", bundle, "--scope", indicator, *waiver).returncode, 0)
        page = os.path.join(self.folder, "report.html")
        done = self.assay("report", "-o", page, "--bundle", bundle, "--register", register, "--trust", trust)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("lamp replaced", text)
        self.assertIn("C-1 issued", text)

        self.strangers(bundle, trust, register, (wang, zhao), indicator)
        amended = self.amended(bundle, (wang, li, zhaos))
        words = ("--trust", trust, "--register", register)
        code, said = self.verify(bundle, *words, "--no-recompute")
        self.assertEqual((code, said["answers"]["current"]["state"]), (9, "no"))
        self.assertIn("C-1-A1", said["answers"]["current"]["text"]["en"])
        code, said = self.verify(amended, *words)
        self.assertEqual((code, said["standing"]["replaces"]), (0, "C-1"), said)
        self.forgeries(amended, words)

    def strike_out(self, nth, reason):
        number = [t["number"] for t in self.trials() if t["finished"] and t["valid"]][nth]
        self.assertEqual(self.assay("trial", "invalidate", str(number), "--reason", reason, "--by", "Li").returncode, 0)
        self.assay("grade")
        self.assertEqual(self.json("recompute")["differences"], [])
        return str(number)

    def strangers(self, bundle, trust, register, keys, indicator):
        """Elsewhere: no workspace, no program, other people's tools."""
        home, self.workspace = self.workspace, os.path.join(self.folder, "elsewhere")
        words = ("--trust", trust, "--register", register)
        code, said = self.verify(bundle, *words, "--serial", json.loads(dict(unzip(bundle))["item.json"])["serial"], "--sm3")
        self.assertEqual(code, 0, json.dumps(said, indent=1))
        self.assertEqual({k: a["state"] for k, a in said["answers"].items()},
                         dict.fromkeys(("intact", "signer", "covers", "current", "recomputes"), "yes"))
        self.assertEqual(said["differences"], [])
        self.assertEqual([(w["scope"], w["in_force"]) for w in said["standing"]["waivers"]], [(indicator, True)])
        self.assertEqual(said["standing"]["level"], said["facts"]["level"])
        self.assertEqual(self.verify(bundle, *words, "--serial", "another")[0], 9)
        chinese = self.assay("bundle", "verify", bundle, *words, lang="zh")
        self.assertIn("复算", chinese.stdout)
        self.assertIn("豁免", chinese.stdout)
        self.assertEqual(self.json("recompute", bundle)["differences"], [])
        self.assertEqual(self.python(bundle, keys[0][1]).returncode, 0)
        self.assertEqual(self.python(bundle, keys[1][1]).returncode, 9)
        unpacked = os.path.join(self.folder, "unpacked")
        shutil.unpack_archive(bundle, unpacked, "zip")
        by_hand = self.readme_commands(unpacked)
        self.assertEqual(by_hand.returncode, 0, by_hand.stderr)
        self.assertIn(keys[0][1], by_hand.stdout)
        self.peers(unpacked)
        self.workspace = home

    def amended(self, bundle, people):
        """A trial turns out to be void after the issue: struck out in the register at once, then a new number."""
        wang, li, zhaos = people
        number = self.strike_out(0, "lab_camera")
        struck = self.assay("state", "invalidation", bundle, "--scope", number, "--reason", "camera was loose", *zhaos)
        self.assertEqual(struck.returncode, 0, struck.stderr)
        new = os.path.join(self.folder, "amended.assay")
        self.assertEqual(self.assay("bundle", "create", "-o", new).returncode, 0)
        self.assertEqual(self.sign(new, wang, "tester", "Wang").returncode, 0)
        self.assertEqual(self.sign(new, li, "reviewer", "Li").returncode, 0)
        self.assertEqual(self.assay("state", "draft", new, *zhaos).returncode, 0)
        words = ("--replaces", "C-1", "--reason", "trial " + number + " void", *zhaos)
        self.assertIn("ASSAY-1131", self.assay("state", "issued", new, "--certificate", "C-1", *words).stderr)
        done = self.assay("state", "issued", new, "--certificate", "C-1-A1", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return new

    def stamped(self, statement):
        """An RFC 3161 time stamp over the statement, by a service of the test's own."""
        where = {"cwd": self.folder, "capture_output": True, "text": True, "check": False}
        self.write("tsa.cnf", "[req]\ndistinguished_name=dn\n[dn]\n[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\n"
                   "digests=sha256\nordering=no\ntsa_name=no\ness_cert_id_chain=no\n[v3]\n"
                   "basicConstraints=critical,CA:true\nextendedKeyUsage=critical,timeStamping\n")
        self.write("serial", "01\n")
        name = os.path.basename(statement)
        for words in (
                "req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -subj /CN=stamps -days 2 -config tsa.cnf "
                "-extensions v3",
                f"ts -query -data {name} -sha256 -cert -out request.tsq",
                "ts -reply -config tsa.cnf -queryfile request.tsq -signer tsa.pem -inkey tsa.key -out reply.tsr",
                f"ts -verify -data {name} -in reply.tsr -CAfile tsa.pem"):
            done = subprocess.run(["openssl", *words.split()], **where)
            self.assertEqual(done.returncode, 0, words + done.stderr)
        with open(statement, "ab") as out:
            out.write(b"\n")
        done = subprocess.run(["openssl", *words.split()], **where)
        self.assertNotEqual(done.returncode, 0, "a stamp over other bytes")
        with open(statement, "rb+") as out:
            out.truncate(os.path.getsize(statement) - 1)

    def forgeries(self, bundle, words):
        files, target = unzip(bundle), os.path.join(self.folder, "forged.assay")

        def forged(change, keep_signatures=True):
            out, listed = [], json.loads(dict(files)["manifest.json"])
            by_path = {f["path"]: f for f in listed["files"]}
            for name, text in files:
                text = change(name, text)
                if name in by_path:
                    by_path[name].update(size=len(text), crc32=zlib.crc32(text), sha256=assay_verify.hashlib.sha256(text).hexdigest())
                out.append([name, text])
            data = [{k: f[k] for k in ("path", "sha256", "size")} for f in listed["files"]
                    if f["role"] not in ("report", "readme", "data_manifest", "sums")]
            made = {"data-manifest.json": json.dumps({"files": data, "schema": "assay.data_manifest/1"}, indent=1, sort_keys=True) + "\n"}
            by_path["data-manifest.json"].update(self.entry(made["data-manifest.json"].encode()))
            made["SHA256SUMS"] = "".join(f"{f['sha256']}  {f['path']}\n" for f in listed["files"] if f["path"] != "SHA256SUMS")
            by_path["SHA256SUMS"].update(self.entry(made["SHA256SUMS"].encode()))
            made["manifest.json"] = json.dumps(listed, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            rezip([(n, made[n].encode() if n in made else t) for n, t in out
                   if keep_signatures or n != "attestations.intoto.jsonl"], target)

        forged(lambda name, text: text)
        code, said = self.verify(target, *words[:2], "--no-recompute")
        self.assertEqual(code, 0, "the forger's tools give the same bytes: " + json.dumps(said["answers"], indent=1))

        def level(name, text):
            return re.sub(rb'"overall_level": \d', b'"overall_level": 5', text) if name == "results.json" else text
        forged(level)
        code, said = self.verify(target, *words)
        self.assertEqual((code, said["answers"]["signer"]["error"]["id"]), (8, "ASSAY-1126"))
        self.assertEqual(self.python(target).returncode, 8)
        # Without signatures, and then signed by nobody we know: the traces still tell.
        forged(level, keep_signatures=False)
        code, said = self.verify(target, *words[:2])
        self.assertEqual((code, said["answers"]["recomputes"]["state"]), (8, "broken"))
        self.assertIn("overall_level", json.dumps(said["differences"]))
        self.assertEqual(self.python(target).returncode, 9)
        # A byte here and there, seen by both.
        with open(bundle, "rb") as file:
            good = file.read()
        for at in range(0, len(good), max(1, len(good) // 25)):
            with open(target, "wb") as out:
                out.write(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
            self.assertEqual(self.python(target).returncode, 8, at)
            self.assertEqual(self.assay("bundle", "verify", target, "--no-recompute").returncode, 8, at)

    @staticmethod
    def entry(text):
        # SM3 is compared with --sm3 only; an attacker may leave it.
        return {"size": len(text), "crc32": zlib.crc32(text), "sha256": assay_verify.hashlib.sha256(text).hexdigest()}

    def peers(self, unpacked):
        """in-toto, DSSE, CycloneDX and JSON Schema by implementations of others, out of a venv that is kept."""
        folder = os.path.join(SOURCE, "build", "tools", "peers")
        python, done = os.path.join(folder, "bin", "python"), os.path.join(folder, "complete")
        if not os.path.exists(done):
            packages = ("securesystemslib[crypto]", "cyclonedx-python-lib[json-validation]", "jsonschema", "in-toto-attestation")
            for words in ((sys.executable, "-m", "venv", folder), (python, "-m", "pip", "install", "-q", *packages)):
                try:
                    made = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
                    why = made.stderr[-300:] if made.returncode else ""
                except subprocess.TimeoutExpired:
                    why = "it takes too long"
                if why:
                    print(f"skipped: implementations of others cannot be had: {why}")
                    return
            with open(done, "w", encoding="ascii"):
                pass
        said = subprocess.run([python, os.path.join(SOURCE, "tests", "e2e", "peers.py"), unpacked], capture_output=True, text=True,
                              timeout=300, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        print(said.stdout, end="")

    def rules(self, bundle, code, **options):
        """What `bundle check` finds, without what depends on where the interruption fell."""
        done = self.assay("--json", "bundle", "check", bundle, **options)
        self.assertEqual(done.returncode, code, done.stdout)
        return {f["rule"] for f in json.loads(done.stdout)["findings"]} - {"unfinished"}

    def test_every_kind_of_session_recomputes_to_the_same_bits(self):
        for subject in ("random-arm", "clumsy-arm", "faulty-arm", "null-amr"):
            with self.subTest(subject=subject):
                self.workspace = os.path.join(self.folder, subject)
                self.assay("-q", "run", "--subject", subject, "--level", "1", "--seed", "kinds", timeout=600)
                again = self.json("recompute")
                self.assertEqual((again["differences"], again["grade_compared"]), ([], True))
                self.assertEqual(again["rules_checked"], again["trials"])
                self.assertGreaterEqual(again["trials"], 2)  # two failures refuse

    def test_traces_that_stay_home_and_one_disclosed(self):
        self.run_interrupted("--subject", "null-arm", "--level", "1", "--seed", "home")
        bundle = os.path.join(self.folder, "home.assay")
        self.assertEqual(self.assay("bundle", "create", "-o", bundle, "--without-traces").returncode, 0)
        vendor = self.key("vendor")
        self.assertIn("ASSAY-1128", self.sign(bundle, vendor, "tester", "Smith").stderr)
        self.assertEqual(self.sign(bundle, vendor, "vendor", "Smith").returncode, 0)
        trust = self.trust(("Smith", "vendor", vendor))
        code, said = self.verify(bundle, "--trust", trust)
        self.assertEqual((code, said["answers"]["recomputes"]["state"]), (0, "unknown"), said)
        self.assertIn("SELF-ASSESSMENT", self.assay("bundle", "verify", bundle, "--trust", trust).stdout)
        self.assertEqual(self.rules(bundle, 1), {"self_assessment", "own_seeds", "traces_withheld"})
        self.assertEqual(self.assay("bundle", "create", "-o", bundle).returncode, 0)
        self.assertEqual(self.rules(bundle, 1), {"self_assessment", "own_seeds", "not_signed"})
        self.assertEqual(self.sign(bundle, vendor, "vendor", "Smith").returncode, 0)
        self.assertEqual(self.rules(bundle, 0), {"self_assessment", "own_seeds"})
        for words in (("equipment", "FT-1", "--set", "due=2020-01-31"), ("competence", "Wang / logistics_assembly")):
            self.assertEqual(self.assay("enter", *words, "--by", "Li").returncode, 0)
        self.assertEqual(self.assay("enter", "equipment", "FT-1", "--by", "Li", "--set", "id=x").returncode, 2)
        late = os.path.join(self.folder, "late.assay")
        self.assertEqual(self.assay("bundle", "create", "-o", late).returncode, 0)
        self.assertEqual(self.rules(late, 1) - {"not_signed"}, {"self_assessment", "own_seeds", "overdue"})
        catalog = os.path.join(self.folder, "catalog")
        shutil.copytree(os.path.join(SOURCE, "suites", "catalog"), catalog)
        with open(os.path.join(catalog, "schemes", "embodied-demo.yaml"), "a", encoding="utf-8") as scheme:
            scheme.write("# another edition\n")
        self.assertIn("another_scheme", self.rules(bundle, 1, env={"ASSAY_CATALOG": catalog}))
        trial = next(t for t in self.trials() if t["trace"])
        name = f"traces/t{trial['number']:04}.mcap"
        good = self.assay("bundle", "disclosed", bundle, "--trace", name, "--mcap", trial["trace"])
        self.assertEqual(good.returncode, 0, good.stderr)
        other = next(t for t in self.trials() if t["trace"] and t["number"] != trial["number"])
        bad = self.assay("bundle", "disclosed", bundle, "--trace", name, "--mcap", other["trace"])
        self.assertEqual(bad.returncode, 8)
        self.assertIn("ASSAY-1142", bad.stderr)


if __name__ == "__main__":
    unittest.main()
