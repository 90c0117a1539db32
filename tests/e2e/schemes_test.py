"""Schemes on the real program: classes, documents, sealed seeds, audit, redrafted rules, suppositions, hard limits."""
import hashlib
import os
import shutil
import unittest

from support import CATALOG, Case

SCHEMES = os.path.join(CATALOG, "schemes")


class Schemes(Case):
    def ok(self, done, *codes):
        self.assertIn(done.returncode, codes or (0, 1, 5), done.stdout + done.stderr)
        return done.stdout

    def draft(self, name, *edits):
        with open(os.path.join(SCHEMES, name + ".yaml"), encoding="utf-8") as own:
            text = own.read()
        for old, new in edits:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.write("draft-%d.yaml" % len(os.listdir(self.folder)), text)

    def test_a_session_is_sealed_audited_regraded_and_counted(self):
        run = ("run", "--scheme", "embodied-4d5l", "--subject", "reference-arm", "--level", "1", "--seed", "sealed")
        self.assertIn("sha256:", self.assay(*run, "--dry-run").stdout + self.assay(*run, timeout=900).stderr)
        report = self.json("report", "--format", "json", "-o", "-")
        grade = report["grade"]
        self.assertEqual(grade["overall_level"], 1, grade["limiting"])
        self.assertEqual(grade["examination"], 1)
        self.assertEqual(report["plan"]["session_seed"], "sha256:" + hashlib.sha256(b"sealed").hexdigest())
        self.assertEqual(report["revealed_seed"], "sealed")
        self.assertGreater(len(report["plan"]["order"]), 0)
        self.assertGreater(grade["audit"]["pairs"], 0)
        self.assertFalse(grade["audit"]["flagged"])

        # The same trials under a stricter limit: both results side by side, in both languages.
        path = self.draft("embodied-4d5l", ("industrial: {limit: 0.85, design: 0.97}", "industrial: {limit: 0.97, design: 0.99}"))
        self.assertIn("What changed", self.ok(self.assay("grade", "--scheme", path)))
        self.assertEqual(self.grade()["overall_level"], 1, "the session keeps its own result")
        page = os.path.join(self.folder, "page.html")
        self.ok(self.assay("report", "-o", page))
        with open(page, encoding="utf-8") as html:
            text = html.read()
        for words in ("The same trials under redrafted rules", "同一批试验在修订方案下的结果", "≥ 0.97"):
            self.assertIn(words, text)

        # Suppositions change nothing that is stored.
        before = len(self.json("trial", "list")["trials"])
        stored = self.grade()
        supposed = self.json("explain", "--what-if", "limit:E-sort-1=0.97")
        self.assertEqual(supposed["before"]["overall_level"], 1)
        self.assertEqual(supposed["after"]["overall_level"], 0)
        self.assertEqual(self.json("explain", "--what-if", "E-sort-1=2/40")["after"]["overall_level"], 0)
        self.assertEqual(self.assay("explain", "--what-if", "E-sort-1").returncode, 2)
        self.assertEqual(self.grade(), stored)
        self.assertEqual(len(self.json("trial", "list")["trials"]), before)

        # Documents: asked by another scheme over the same trials, not attached, so nothing is given.
        self.ok(self.assay("grade", "--scheme", "cr-gates"), 4)

        self.ok(self.assay(*run[:-1], "again", timeout=900))
        self.assertEqual(self.grade()["examination"], 2)

    def test_documents_are_locked_by_their_bytes(self):
        self.write("emc.pdf", "measured and found well")
        attached = self.write("evidence.yaml", """schema: assay.evidence/1
evidence:
  - {indicator: EMC-doc, document: EMC-1, issuer: Some Laboratory, date: 2026-03-26, file: emc.pdf, result: conform}
""")
        plan = self.json("plan", "--scheme", "cr-gates", "--subject", "reference-arm", "--level", "1", "--evidence", attached)
        self.assertEqual(plan["plan"]["evidence"][0]["sha256"], hashlib.sha256(b"measured and found well").hexdigest())
        os.remove(os.path.join(self.folder, "emc.pdf"))
        missing = self.assay("plan", "--scheme", "cr-gates", "--subject", "reference-arm", "--evidence", attached)
        self.assertIn("ASSAY-0327", missing.stderr)

    def test_a_subject_that_breaks_hard_limits_is_given_no_level_whatever_its_scores(self):
        # Reaching over the blue bin is made a broken limit; over the orange one it is not. The score asked is low.
        catalog = os.path.join(self.folder, "catalog")
        shutil.copytree(CATALOG, catalog)
        task = os.path.join(catalog, "suites", "logistics_assembly", "parcel_sorting.yaml")
        with open(task, encoding="utf-8") as own:
            text = own.read()
        with open(task, "w", encoding="utf-8") as out:
            out.write(text.replace("limits:\n", "limits:\n  over_bin_a: {separation_m: 0.05, b: bin_a, source: profile}\n", 1))
        path = self.draft("embodied-demo", ("limit: 0.80\n    design: 0.95", "limit: 0.10\n    design: 0.40"))
        self.assay("run", "--scheme", path, "--subject", "reference-arm", "--level", "1", "--seed", "limits",
                   env={"ASSAY_CATALOG": catalog}, timeout=900)
        report = self.json("report", "--format", "json", "-o", "-", env={"ASSAY_CATALOG": catalog})
        grade = report["grade"]
        verdicts = {r["id"]: r["conformity"] for r in grade["indicators"]}
        self.assertEqual(verdicts["E-sort-1"], "conform", report)
        self.assertGreater(grade["gates"][0]["events"], 0)
        self.assertNotEqual(grade["gates"][0]["conformity"], "conform")
        self.assertEqual(grade["overall_level"], 0)
        self.assertEqual(grade["dimension_level"], {"E": 0, "P": 0})
        self.assertEqual(grade["limiting"][0], "safety")


if __name__ == "__main__":
    unittest.main()
