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

    def run_interrupted(self, *words):
        """Interrupted once some trials ran; then resumed."""
        run = subprocess.Popen([ASSAY, "--workspace", self.workspace, "-q", "run", *words], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        for _ in range(1200):
            time.sleep(0.1)
            if run.poll() is not None:
                break
            if os.path.exists(os.path.join(self.workspace, "assay.db")):
                listed = self.assay("--json", "trial", "list")
                if listed.returncode == 0 and len(json.loads(listed.stdout)["trials"]) > 2:
                    run.send_signal(signal.SIGINT)
                    break
        code = run.wait(timeout=300)
        if code == 75:
            self.assertIn(self.assay("resume", timeout=800).returncode, (0, 1, 5, 7))
        return code

    def laboratory(self):
        secret = self.write("secret", "0123456789abcdef0123456789abcdef")
        os.chmod(secret, 0o600)
        self.run_interrupted("--subject", "reference-arm", "--level", "1", "--division", "lab", "--secret-file", secret,
                             "--campaign", "C1")
        self.assertEqual(self.assay("reveal").returncode, 0)
        return os.path.join(self.folder, "session.assay")

    def readme_commands(self, folder):
        """What README.txt says, by the letter."""
        with open(os.path.join(folder, "README.txt"), encoding="utf-8") as readme:
            text = readme.read()
        body = text[text.index("--- 1."):text.index("--- end")]
        script = "set -e\n" + "\n".join(line for line in body.splitlines() if not line.startswith("---"))
        script = script.replace("/tmp/", self.folder + "/")
        return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)

    def test_a_day_in_the_laboratory(self):
        bundle = self.laboratory()
        wang, li, zhao = self.key("wang"), self.key("li", "--algorithm", "sm2"), self.key("zhao")
        trust = self.trust(("Wang", "tester", wang), ("Li", "reviewer", li), ("Zhao", "certifier", zhao))
        register = os.path.join(self.folder, "register.jsonl")

        again = self.json("recompute")
        self.assertEqual((again["differences"], again["grade_compared"]), ([], True))
        self.assertEqual(again["rules_checked"], again["trials"])
        invalid = self.trials()[0]["number"]
        self.assertEqual(self.assay("trial", "invalidate", str(invalid), "--reason", "lab_power", "--by", "Li").returncode, 0)
        self.assay("grade")
        self.assertEqual(self.json("recompute")["differences"], [])

        made = self.json("bundle", "create", "-o", bundle)
        self.assertEqual(made["division"], "lab")
        statement = os.path.join(self.folder, "locked.dsse")
        done = self.assay("preregister", statement, "--key", zhao[0], "--person", "Zhao", "--organisation", "Example Lab")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.assay("preregister", statement, "--check", bundle).returncode, 0)
        self.stamped(statement)
        self.assertEqual(self.sign(bundle, wang, "tester", "Wang").returncode, 0)
        self.assertEqual(self.sign(bundle, wang, "reviewer", "Wang").returncode, 2)
        self.assertIn("ASSAY-1127", self.sign(bundle, li, "reviewer", "Wang").stderr)
        self.assertEqual(self.sign(bundle, li, "reviewer", "Li", "--deviation", "lamp at 400 lx").returncode, 0)

        state = ("--register", register, "--organisation", "Example Lab")
        self.assertEqual(self.assay("state", "draft", bundle, "--key", zhao[0], "--person", "Zhao", *state).returncode, 0)
        refused = self.assay("state", "issued", bundle, "--key", wang[0], "--person", "Wang", "--certificate", "C-1", *state)
        self.assertIn("ASSAY-1127", refused.stderr)
        issued = self.assay("state", "issued", bundle, "--key", zhao[0], "--person", "Zhao", "--certificate", "C-1", *state)
        self.assertEqual(issued.returncode, 0, issued.stderr)

        # A stranger, elsewhere: no workspace, another catalogue of the day.
        self.workspace = os.path.join(self.folder, "elsewhere")
        words = ("--trust", trust, "--register", register)
        code, said = self.verify(bundle, *words, "--serial", json.loads(dict(unzip(bundle))["item.json"])["serial"], "--sm3")
        self.assertEqual(code, 0, json.dumps(said, indent=1))
        self.assertEqual({k: a["state"] for k, a in said["answers"].items()},
                         dict.fromkeys(("intact", "signer", "covers", "current", "recomputes"), "yes"))
        self.assertEqual(said["differences"], [])
        self.assertEqual(self.verify(bundle, *words, "--serial", "another")[0], 9)
        chinese = self.assay("bundle", "verify", bundle, *words, lang="zh")
        self.assertIn("复算", chinese.stdout)
        self.assertEqual(self.json("recompute", bundle)["differences"], [])
        self.assertEqual(self.python(bundle, wang[1]).returncode, 0)
        self.assertEqual(self.python(bundle, zhao[1]).returncode, 9)
        unpacked = os.path.join(self.folder, "unpacked")
        shutil.unpack_archive(bundle, unpacked, "zip")
        by_hand = self.readme_commands(unpacked)
        self.assertEqual(by_hand.returncode, 0, by_hand.stderr)
        self.assertIn(wang[1], by_hand.stdout)

        # Amended: another number, what it replaces named.
        with open(os.path.join(unpacked, "manifest.json"), "rb") as manifest:
            other = assay_verify.hashlib.sha256(manifest.read() + b"amended").hexdigest()
        done = self.assay("state", "superseded", bundle, "--key", zhao[0], "--person", "Zhao", "--certificate", "C-1-A1",
                          "--replaced-by", other, "--reason", "address corrected", *state)
        self.assertEqual(done.returncode, 0, done.stderr)
        code, said = self.verify(bundle, *words, "--no-recompute")
        self.assertEqual((code, said["answers"]["current"]["state"]), (9, "no"))

        self.forgeries(bundle, words)
        self.peers(unpacked)

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
        """Schemas by jsonschema, CycloneDX and DSSE by implementations of others, where they are installed."""
        for check in (self.by_jsonschema, self.by_cyclonedx, self.by_securesystemslib):
            try:
                check(unpacked)
            except ImportError as missing:
                print(f"skipped {check.__name__}: {missing}")

    @staticmethod
    def by_cyclonedx(unpacked):
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        with open(os.path.join(unpacked, "sbom.cdx.json"), encoding="utf-8") as sbom:
            error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sbom.read())
        if error:
            raise AssertionError(error)

    def by_securesystemslib(self, unpacked):
        from cryptography.hazmat.primitives.serialization import load_der_public_key
        from securesystemslib.dsse import Envelope
        from securesystemslib.exceptions import VerificationError
        from securesystemslib.signer import SSlibKey
        checked = 0
        with open(os.path.join(unpacked, "attestations.intoto.jsonl"), encoding="utf-8") as lines:
            for line in lines:
                envelope = Envelope.from_dict(json.loads(line))
                signer = json.loads(envelope.payload)["predicate"]["signer"]
                if signer["algorithm"] != "ed25519":
                    continue  # it knows no SM2
                key = SSlibKey.from_crypto(load_der_public_key(assay_verify.unbase64(signer["public_key"])), keyid=signer["key_id"])
                self.assertEqual(list(envelope.verify([key], 1)), [signer["key_id"]])
                envelope.payload += b" "
                self.assertRaises(VerificationError, envelope.verify, [key], 1)
                checked += 1
        self.assertGreater(checked, 0)

    @staticmethod
    def by_jsonschema(unpacked):
        import jsonschema
        with open(os.path.join(unpacked, "manifest.json"), encoding="utf-8") as data, \
                open(os.path.join(unpacked, "schemas", "manifest.schema.json"), encoding="utf-8") as rules:
            jsonschema.validate(json.load(data), json.load(rules))
        with open(os.path.join(unpacked, "attestations.intoto.jsonl"), encoding="utf-8") as lines, \
                open(os.path.join(unpacked, "schemas", "examination.schema.json"), encoding="utf-8") as rules:
            schema = json.load(rules)
            for line in lines:
                statement = json.loads(assay_verify.unbase64(json.loads(line)["payload"]))
                jsonschema.validate(statement["predicate"], schema)

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
