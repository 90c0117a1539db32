"""Commands that run no trial, or few: help, both languages, JSON, exit codes."""
import json
import os
import unittest

from support import Case


class Commands(Case):
    def test_help_names_every_command_in_both_languages(self):
        for lang in ("en", "zh"):
            done = self.assay("--help", lang=lang)
            self.assertEqual(done.returncode, 0, done.stderr)
            for command in ("demo", "doctor", "suite", "adapter", "plan", "run", "resume", "status", "trial", "grade",
                            "explain", "report", "export", "compare", "validate", "metric", "bundle", "key", "state", "enter",
                            "preregister", "recompute"):
                self.assertIn(command, done.stdout)
        self.assertIn("检测", done.stdout)

    def test_doctor_is_content(self):
        done = self.assay("doctor")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("✕", done.stdout)

    def test_catalogue_is_listed_shown_and_clean(self):
        listed = self.json("suite", "list")
        self.assertIn("logistics_assembly", [s["id"] for s in listed["suites"]])
        shown = self.json("suite", "show", "logistics_assembly")
        pairs = {(t["id"], t["level"]) for t in shown["tasks"]}
        self.assertGreaterEqual(pairs, {(t, l) for t in ("parcel_sorting", "goods_transport") for l in (1, 2, 3)})
        self.assertGreaterEqual(pairs, {("peg_assembly", l) for l in (1, 2, 3, 4, 5)})
        for task in shown["tasks"]:
            self.assertTrue(task["title"]["en"] and task["title"]["zh"])
        lint = self.assay("suite", "lint")
        self.assertEqual(lint.returncode, 0, lint.stdout)
        adapters = self.json("adapter", "list")
        self.assertIn("mujoco", adapters["robot"])
        self.assertIn("scripted_manipulator", adapters["policy"])

    def test_suite_check_goes_on_where_it_was(self):
        words = ("suite", "check", "logistics_assembly", "--task", "parcel_sorting", "--level", "1", "--null", "0",
                 "--random", "0", "--oracle", "1")
        first = self.json(*words)
        self.assertEqual(first["schema"], "assay.suite_check/1")
        self.assertEqual((first["ok"], first["findings"]), (True, []))
        self.assertEqual(first["rows"][0]["oracle"]["successes"], 1)
        again = self.assay("--json", *words, lang="zh")
        self.assertEqual(json.loads(again.stdout), first)
        self.assertIn("1 / 1 次试验沿用此前检查的结果", again.stderr)
        self.assertEqual(self.assay("suite", "check", "--task", "nowhere").returncode, 4)

    def test_suite_page_needs_no_picture(self):
        done = self.assay("suite", "page", "logistics_assembly", "--no-pictures", "--out", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(done.stdout.strip(), encoding="utf-8") as page:
            html = page.read()
        for words in ("lies in", "内（±", "parcel_sorting", "goods_transport"):
            self.assertIn(words, html)
        self.assertNotIn("<img", html)

    def test_plan_tells_trials_and_chance(self):
        plan = self.json("plan", "--subject", "reference-arm", "--assume", "parcel_sorting=0.97")
        self.assertEqual(plan["schema"], "assay.outlook/1")
        for row in plan["indicators"]:
            self.assertLessEqual(row["trials_least"], row["trials_expected"])
            self.assertLessEqual(row["trials_expected"], row["trials_most"])
            self.assertEqual(row["assumed_p"], 0.97)
        self.assertTrue(0.5 < plan["p_level"] <= 1)
        text = self.assay("plan", "--subject", "reference-arm", "--oc")
        self.assertEqual(text.returncode, 0)
        self.assertIn("α", text.stdout)

    def test_plan_refuses_an_assumption_that_does_not_fit(self):
        for bad in ("parcel_sorting", "parcel_sorting=1.5", "juggling=0.9", "parcel_sorting=nan"):
            done = self.assay("plan", "--subject", "reference-arm", "--assume", bad)
            self.assertEqual(done.returncode, 2, bad)
            self.assertIn("ASSAY-0907", done.stderr)

    def test_design_by_figures_meets_the_published_shares(self):
        for p0, p1, shares in ((0.8, 0.9, (0.43, 0.69, 0.64, 0.19)), (0.95, 0.975, (0.43, 0.69, 0.64, 0.19))):
            oc = self.json("plan", "--p0", str(p0), "--p1", str(p1))["operating_characteristics"]
            got = [oc[at]["share"] for at in ("at_p0", "midway", "at_p1", "at_one")]
            for share, most in zip(got, shares):
                self.assertLessEqual(share, most)
            self.assertLessEqual(oc["size"]["bound_everywhere"], 0.05)
            self.assertLessEqual(oc["n_max"], 1.5 * oc["fixed_n"])
        lines = self.json("plan", "--p0", "0.8", "--p1", "0.9", "--rule", "sprt", "--cap", "1.25")
        self.assertIn("slope", lines["lines"])
        self.assertEqual(self.assay("plan", "--p0", "0.9", "--p1", "0.8").returncode, 2)
        self.assertIn("ASSAY-0914", self.assay("plan").stderr)

    def test_validate_runs_the_built_in_set_and_keeps_the_result(self):
        done = self.json("validate", "--by", "quality manager")
        self.assertTrue(done["ok"])
        self.assertGreater(done["cases"], 200)
        self.assertEqual(done["passed"], done["cases"])
        self.assertIn("program", done["build"])
        self.assertTrue(os.path.exists(os.path.join(self.workspace, "assay.db")))

    def test_validate_takes_cases_of_others_and_says_what_differs(self):
        case = {"id": "one", "kind": "binomial_ci", "tol_rel": 1e-9,
                "input": {"successes": 0, "n": 10, "confidence": 0.9},
                "expected": {"cp_one_sided_upper": 1 - 0.1 ** 0.1}}
        good = self.write("good.json", json.dumps({"cases": [case]}))
        self.assertEqual(self.assay("validate", "--no-record", "--vectors", good).returncode, 0)
        self.assertFalse(os.path.exists(self.workspace))
        wrong = dict(case, id="two", expected={"cp_one_sided_upper": 0.2})
        unknown = dict(case, id="three", kind="astrology")
        bad = self.write("bad.json", json.dumps({"cases": [case, wrong, unknown]}))
        done = self.assay("validate", "--no-record", "--vectors", bad)
        self.assertEqual(done.returncode, 1)
        self.assertIn("astrology", done.stdout)
        self.assertIn("two", done.stdout)
        report = json.loads(self.assay("--json", "validate", "--no-record", "--vectors", bad).stdout)
        self.assertEqual([f["id"] for f in report["files"][0]["failures"]], ["two", "three"])

    def test_validate_refuses_what_is_no_file_of_cases(self):
        deep = self.write("deep.json", "[" * 100000 + "]" * 100000)
        for bad in (self.write("a.json", "{"), self.write("b.json", '{"cases": []}'), self.write("c.json", "[1]"),
                    self.write("d.json", '{"cases": [NaN]}'), deep, os.path.join(self.folder, "none.json"), "/dev/zero"):
            done = self.assay("validate", "--no-record", "--vectors", bad, timeout=60)
            self.assertEqual(done.returncode, 2, bad)
            self.assertRegex(done.stderr, "ASSAY-(0912|1040)")

    def test_metrics_say_what_they_are(self):
        metrics = self.json("metric", "list")["metrics"]
        self.assertGreater(len(metrics), 100)
        for m in metrics:
            for field in ("id", "version", "unit", "direction", "vantage", "clause"):
                self.assertTrue(m[field], (m["id"], field))
            for field in ("title", "definition", "undefined_when"):
                self.assertTrue(m[field]["en"], (m["id"], field))
                self.assertRegex(m[field]["zh"], "[\u4e00-\u9fff]", (m["id"], field))
        self.assertEqual(self.assay("metric", "show", "completion_time").returncode, 0)
        self.assertIn("ASSAY-0913", self.assay("metric", "show", "charisma").stderr)

    def test_dry_run_leaves_nothing_behind(self):
        done = self.assay("run", "--subject", "reference-arm", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.assay("status").returncode in (4, 10), True)

    def test_unknown_names_are_usage_errors_with_the_nearest(self):
        done = self.assay("run", "--subject", "refrence-arm")
        self.assertEqual(done.returncode, 2)
        self.assertIn("reference-arm", done.stderr)
        chinese = self.assay("run", "--subject", "refrence-arm", lang="zh")
        self.assertRegex(chinese.stderr, "[\u4e00-\u9fff]")
        as_json = self.assay("--json", "run", "--subject", "refrence-arm")
        self.assertEqual(json.loads(as_json.stdout)["exit_code"], 2)
        self.assertEqual(self.assay("runn").returncode, 2)

    def test_lab_division_wants_secret_and_campaign(self):
        done = self.assay("run", "--subject", "reference-arm", "--division", "lab")
        self.assertEqual(done.returncode, 2)
        self.assertIn("ASSAY-0904", done.stderr)


if __name__ == "__main__":
    unittest.main()
