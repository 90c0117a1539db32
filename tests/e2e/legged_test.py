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
        _, said = self.check("--task", "push_recovery", "--level", "3", "--null", "1", "--random", "1", "--oracle", "10",
                             "--skill", "0")
        self.assertLess(said["rows"][0]["oracle"]["successes"], 9)


if __name__ == "__main__":
    unittest.main()
