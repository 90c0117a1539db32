"""Runs the real program in a workspace of its own."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ASSAY = os.environ.get("ASSAY", os.path.join(SOURCE, "build/release/cli/assay"))
CATALOG = os.path.join(SOURCE, "suites", "catalog")


class Case(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="assay-e2e-")
        self.folder = self._folder.name
        self.workspace = os.path.join(self.folder, "workspace")

    def tearDown(self):
        self._folder.cleanup()

    def assay(self, *words, workspace=None, env=None, timeout=300, lang="en"):
        full = dict(os.environ, **(env or {}))
        return subprocess.run(
            [ASSAY, "--workspace", workspace or self.workspace, "--lang", lang, *words],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, env=full, check=False)

    def json(self, *words, **options):
        done = self.assay("--json", *words, **options)
        self.assertTrue(done.stdout.strip(), done.stderr)
        return json.loads(done.stdout)

    def trials(self, workspace=None):
        return self.json("trial", "list", workspace=workspace)["trials"]

    def digests(self, workspace=None):
        """(task, level, index) → (content digest, outcome) of every finished trial."""
        return {(t["task"], t["level"], t["index"]): (t["content_digest"], t["outcome"])
                for t in self.trials(workspace) if t["finished"]}

    def assert_recomputes(self, workspace=None):
        """From the traces, with the code that judged live: the same values bit for bit, and the same grade."""
        again = self.json("recompute", workspace=workspace)
        self.assertEqual((again["differences"], again["grade_compared"]), ([], True))
        self.assertGreater(again["trials"], 0)

    def grade(self, workspace=None):
        """What the verdict says, without what a wall clock touched."""
        report = self.json("report", "--format", "json", "-o", "-", workspace=workspace)
        return report["grade"]

    def certificate(self):
        """Files of a self-signed certificate for localhost and its key; skips where there is no openssl program."""
        if shutil.which("openssl") is None:
            self.skipTest("no openssl program to make a certificate with")
        cert, key = os.path.join(self.folder, "cert.pem"), os.path.join(self.folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", key, "-out", cert, "-days",
                        "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        return cert, key

    def short_scheme(self):
        """The demonstration scheme with a third of its trials: for tests of the machinery that run many sessions."""
        with open(os.path.join(CATALOG, "schemes", "embodied-demo.yaml"), encoding="utf-8") as source:
            text = source.read()
        for old, new in (("id: embodied-demo\n", "id: short-demo\n"), ("limit: 0.80", "limit: 0.50"),
                         ("    limit: 0.10\n    confidence", "    limit: 0.30\n    confidence")):
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write("short-demo.yaml", text)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path
