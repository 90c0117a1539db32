"""Policies that stall, crash or answer nonsense: failure with subject_fault, the campaign goes on, nothing hangs."""
import os
import unittest

from support import CATALOG, Case

KINDS = {0: "stall", 1: "throw", 2: "wrong shape", 3: "NaN", 4: "unknown group", 5: "segmentation fault", 6: "exit",
         7: "stall in begin"}


class Faults(Case):
    def subject(self, kind):
        with open(os.path.join(CATALOG, "subjects", "faulty-arm.yaml"), encoding="utf-8") as source:
            text = source.read()
        head = text[:text.index("\npolicy:")]
        return self.write(f"faulty-{kind}.yaml",
                          head + f"\npolicy: {{id: faulty, deadline_s: 0.2, params: {{kind: {kind}}}}}\n")

    def test_every_kind_is_a_failure_of_the_subject(self):
        for kind, name in KINDS.items():
            with self.subTest(kind=name):
                workspace = os.path.join(self.folder, str(kind))
                done = self.assay("run", "--subject", self.subject(kind), "--level", "1", "--seed", "f", workspace=workspace,
                                  timeout=240)
                self.assertIn(done.returncode, (1, 5, 6), done.stderr)
                trials = self.trials(workspace)
                self.assertGreater(len(trials), 1, "the campaign goes on")
                for trial in trials:
                    self.assertTrue(trial["finished"])
                    self.assertEqual(trial["outcome"], "failure", trial)
                    self.assertTrue(trial["reason"].startswith("subject_fault"), trial["reason"])
                self.assertEqual(self.grade(workspace)["overall_level"], 0)


if __name__ == "__main__":
    unittest.main()
