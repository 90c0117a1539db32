"""The same seed: the same trials bit for bit, the same stop points, the same grade."""
import os
import subprocess
import unittest

from support import Case

SUBJECTS = ("reference-arm", "reference-amr")
FMA_ON = {"GLIBC_TUNABLES": ""}
FMA_OFF = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"}


class Sameness(Case):
    def setUp(self):
        super().setUp()
        self.scheme = self.short_scheme()

    def run_once(self, subject, name, jobs, env=None):
        workspace = os.path.join(self.folder, name)
        done = self.assay("run", "--scheme", self.scheme, "--subject", subject, "--level", "1", "--seed", "sameness",
                          "--jobs", str(jobs), workspace=workspace, env=env)
        self.assertIn(done.returncode, (0, 1, 5), done.stderr)
        grade = self.grade(workspace)
        for indicator in grade["indicators"]:
            indicator.pop("trials", None)  # store row numbers follow the order of arrival
        return self.digests(workspace), grade

    def test_jobs_load_and_cpu_change_nothing(self):
        for subject in SUBJECTS:
            with self.subTest(subject=subject):
                first = self.run_once(subject, subject + "-1", 1, FMA_ON)
                self.assertGreater(len(first[0]), 5)
                self.assertEqual(first, self.run_once(subject, subject + "-2", 2, FMA_ON))
                burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(3)]
                try:
                    self.assertEqual(first, self.run_once(subject, subject + "-loaded", 2, FMA_OFF))
                finally:
                    for burner in burners:
                        burner.kill()
                        burner.wait()

    def test_another_seed_gives_other_trials(self):
        first = self.run_once("reference-arm", "a", 2)[0]
        workspace = os.path.join(self.folder, "b")
        self.assay("run", "--scheme", self.scheme, "--subject", "reference-arm", "--level", "1", "--seed", "other",
                   workspace=workspace)
        other = self.digests(workspace)
        self.assertFalse({d for d, _ in first.values()} & {d for d, _ in other.values()})


if __name__ == "__main__":
    unittest.main()
