"""Two real sessions on the same starts: the better robot is found, whichever way they are named."""
import json
import os
import unittest

from support import CATALOG, Case


class Compare(Case):
    def test_the_better_robot_is_found(self):
        for subject in ("reference-arm", "clumsy-arm"):
            done = self.assay("--quiet", "run", "--subject", subject, "--seed", "cmp", "--level", "1")
            self.assertIn(done.returncode, (0, 1, 5, 7), done.stderr)
        for names, winner, sign in ((("1", "2"), "a_better", 1), (("2", "1"), "b_better", -1)):
            done = self.assay("--json", "compare", *names)
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(done.stdout)
            self.assertEqual(result["pairing"], "paired")
            self.assertEqual(result["pooled"]["verdict"], winner)
            self.assertGreater(sign * result["pooled"]["difference"]["estimate"], 0)
            self.assertLessEqual(result["size_bound"], 0.05)
        self.assertEqual(self.assay("--json", "compare", "1", "2").stdout, self.assay("--json", "compare", "1", "2").stdout)
        refused = self.assay("compare", "1", "1")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("ASSAY-0610", refused.stderr)
        self.assertEqual(self.assay("compare", "1", "9").returncode, 4)
        # The same from bundles, also one against a session; a broken bundle is compared with nothing.
        bundles = [os.path.join(self.folder, f"{n}.assay") for n in (1, 2)]
        for number, path in enumerate(bundles, 1):
            self.assertEqual(self.assay("bundle", "create", str(number), "-o", path).returncode, 0)
        for words in (bundles, (bundles[0], "2")):
            self.assertEqual(self.json("compare", *words)["series"], self.json("compare", "1", "2")["series"])
        self.assertIn("ASSAY-0610", self.assay("compare", bundles[0], bundles[0]).stderr)
        # What answers another question is refused with the reason, or crossed by name and said so.
        self.assay("--quiet", "run", "--subject", "null-arm", "--level", "1")
        own = self.assay("compare", bundles[0], "3")
        self.assertEqual((own.returncode, "ASSAY-1150" in own.stderr, "division: dev / self" in own.stderr), (2, True, True), own.stderr)
        crossed = self.json("compare", bundles[0], "3", "--across", "division")
        self.assertIn("Compared although they differ: other divisions.", [n["en"] for n in crossed["notes"]])
        with open(bundles[1], "r+b") as file:
            file.seek(2000)
            file.write(b"?")
        self.assertEqual(self.assay("compare", *bundles).returncode, 8)

    def test_a_redrafted_limit_is_applied_without_new_trials(self):
        done = self.assay("--quiet", "run", "--subject", "reference-arm", "--seed", "cmp", "--level", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(CATALOG, "schemes", "embodied-demo.yaml"), encoding="utf-8") as own:
            text = own.read()
        redraft = self.write("redraft.yaml", text.replace("limit: 0.80", "limit: 0.90"))
        before = len(self.trials())
        done = self.assay("grade", "1", "--scheme", redraft)
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertIn("inconclusive", done.stdout)
        self.assertEqual(len(self.trials()), before)
        self.assertEqual(self.assay("grade", "1").returncode, 0)
        wrong = self.write("wrong.yaml", text.replace("task: logistics_assembly/parcel_sorting", "task: logistics_assembly/juggling"))
        self.assertEqual(self.assay("grade", "1", "--scheme", wrong).returncode, 2)


if __name__ == "__main__":
    unittest.main()
