"""The legged suite on the real program: the reference stands a push, who holds still does not."""
import json
import unittest

from support import Case


class Legged(Case):
    def check(self, *words):
        done = self.assay("suite", "check", "legged", *words, "--json", workspace=self.folder, timeout=900)
        return done, json.loads(done.stdout)

    def test_push_recovery_is_solved_and_not_by_holding_still(self):
        done, said = self.check("--task", "push_recovery", "--level", "1", "--null", "2", "--random", "2", "--oracle", "10")
        self.assertEqual(done.returncode, 0, said["findings"])
        row = said["rows"][0]
        self.assertEqual(row["null"]["successes"], 0)
        self.assertEqual(row["random"]["successes"], 0)
        self.assertGreaterEqual(row["oracle"]["successes"], 9)

    def test_a_detuned_controller_takes_fewer_pushes(self):
        taken = {}
        for skill in ("1", "0"):
            _, said = self.check("--task", "push_recovery", "--level", "3", "--null", "0", "--random", "0", "--oracle",
                                 "10", "--skill", skill)
            taken[skill] = said["rows"][0]["oracle"]["successes"]
        self.assertGreaterEqual(taken["1"], 9)
        self.assertLess(taken["0"], taken["1"] - 4, taken)

    def test_a_quadruped_walks_and_turns_and_nobody_else_does(self):
        for task in ("crawl", "turn"):
            done, said = self.check("--task", task, "--level", "2", "--null", "1", "--random", "2", "--oracle", "10")
            self.assertEqual(done.returncode, 0, said["findings"])
            row = said["rows"][0]
            self.assertEqual(row["null"]["successes"] + row["random"]["successes"], 0)
            self.assertGreaterEqual(row["oracle"]["successes"], 9)


if __name__ == "__main__":
    unittest.main()
