"""Commands that run no trial, or few: help, both languages, JSON, exit codes."""
import json
import unittest

from support import Case


class Commands(Case):
    def test_help_names_every_command_in_both_languages(self):
        for lang in ("en", "zh"):
            done = self.assay("--help", lang=lang)
            self.assertEqual(done.returncode, 0, done.stderr)
            for command in ("demo", "doctor", "suite", "adapter", "plan", "run", "resume", "status", "trial", "grade",
                            "explain", "report", "export"):
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
        self.assertEqual({(t["id"], t["level"]) for t in shown["tasks"]},
                         {(t, l) for t in ("parcel_sorting", "goods_transport") for l in (1, 2, 3)})
        for task in shown["tasks"]:
            self.assertTrue(task["title"]["en"] and task["title"]["zh"])
        lint = self.assay("suite", "lint")
        self.assertEqual(lint.returncode, 0, lint.stdout)
        adapters = self.json("adapter", "list")
        self.assertIn("mujoco", adapters["robot"])
        self.assertIn("scripted_manipulator", adapters["policy"])

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
