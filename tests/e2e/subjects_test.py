"""A skilled policy shows L1 and L2; null and random show nothing."""
import os
import unittest

from support import Case


class Subjects(Case):
    def level(self, subject, *words):
        workspace = os.path.join(self.folder, subject)
        done = self.assay("run", "--subject", subject, "--seed", "subjects", *words, workspace=workspace, timeout=800)
        self.assertIn(done.returncode, (0, 1, 5, 7), done.stderr)
        return self.grade(workspace)

    def test_reference_subjects_conform_at_two(self):
        for subject in ("reference-arm", "reference-amr"):
            with self.subTest(subject=subject):
                grade = self.level(subject, "--level", "2")
                self.assertGreaterEqual(grade["overall_level"], 2, grade["limiting"])

    def test_null_and_random_conform_nowhere(self):
        for subject in ("null-arm", "null-amr", "random-arm", "random-amr"):
            with self.subTest(subject=subject):
                grade = self.level(subject, "--level", "1")
                self.assertEqual(grade["overall_level"], 0)
                for indicator in grade["indicators"]:
                    self.assertNotEqual(indicator["conformity"], "conform", indicator["id"])


if __name__ == "__main__":
    unittest.main()
