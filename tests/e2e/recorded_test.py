"""A laser tracker's recordings judged as if live: known errors put in are found, from the instrument's vantage."""
import os
import subprocess
import sys
import unittest

from support import SOURCE, Case

TRACKER = os.path.join(SOURCE, "docs", "examples", "laser_tracker.py")


class Recorded(Case):
    def subject(self, *words):
        done = subprocess.run([sys.executable, TRACKER, "rec", *words], cwd=self.folder, capture_output=True, text=True,
                              check=True)
        return self.write("subject.yaml", done.stdout)

    def test_known_errors_are_found_by_the_instrument(self):
        subject = self.subject("--offset-mm", "0.3", "--spread-mm", "0.05")
        done = self.assay("run", "--subject", subject, "--scheme", "embodied-4d5l", "--level", "1", "--seed", "r",
                          timeout=580)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_recomputes()
        trials = self.trials()
        # Audit pairs of the plan (indices from a million on) were not recorded.
        self.assertTrue(all(t["outcome"] == "success" for t in trials if t["index"] < 1_000_000), trials)
        done = [t for t in trials if t["task"] == "motion/pose_cycle" and t["outcome"] == "success"]
        metrics = {m["id"]: m for m in done[0]["metrics"]}
        self.assertEqual({m["vantage"] for m in metrics.values() if m["value"] is not None}, {"instrument"}, metrics)
        self.assertAlmostEqual(metrics["pose_accuracy"]["value"], 0.0003, delta=0.00006)
        # 0.05 mm per axis: the mean distance from the mean is 0.08 mm, three deviations more 0.18 mm; the worst of five
        self.assertAlmostEqual(metrics["pose_repeatability"]["value"], 0.0002, delta=0.00005)

    def test_too_few_trials_are_the_laboratorys(self):
        subject = self.subject("--trials", "1")
        done = self.assay("run", "--subject", subject, "--scheme", "embodied-4d5l", "--level", "1", "--seed", "r",
                          timeout=580)
        self.assertNotIn(done.returncode, (0, 3), done.stderr)
        reasons = {(t["outcome"], t["reason"]) for t in self.trials()}
        print(reasons)
        self.assertIn(("error", "harness_fault:recording_exhausted"), reasons)

    def test_a_file_that_is_wrong_is_named_with_its_line(self):
        subject = self.subject("--trials", "1")
        with open(os.path.join(self.folder, "rec", "pose_cycle.csv"), "a", encoding="utf-8") as out:
            out.write("oops\n")
        self.assay("run", "--subject", subject, "--scheme", "embodied-4d5l", "--level", "1", "--seed", "r", timeout=580)
        trial = next(t for t in self.trials() if t["task"] == "motion/pose_cycle")
        self.assertEqual(trial["reason"], "harness_fault:recording_unreadable")


if __name__ == "__main__":
    unittest.main()
