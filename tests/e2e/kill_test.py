"""kill -9 at each named write point and at random instants, then resume: nothing committed is lost, and the grade is the
one that an undisturbed run gives. ASSAY_KILLS sets how many random kills (default 12)."""
import json
import os
import random
import signal
import subprocess
import unittest

from support import ASSAY, Case

POINTS = ("session_insert", "trial_started", "trace_written", "trace_renamed", "trial_finished", "audit_append",
          "session_close")


class Kill(Case):
    def setUp(self):
        super().setUp()
        self.scheme = self.short_scheme()

    def arguments(self, workspace):
        return [ASSAY, "--workspace", workspace, "--lang", "en", "-q", "run", "--scheme", self.scheme, "--subject",
                "reference-arm", "--level", "1", "--seed", "kill", "--jobs", "2"]

    def undisturbed(self):
        workspace = os.path.join(self.folder, "undisturbed")
        done = subprocess.run(self.arguments(workspace), capture_output=True, text=True, timeout=300, check=False)
        self.assertIn(done.returncode, (0, 5), done.stderr)
        return self.verdict(workspace)

    def verdict(self, workspace):
        grade = self.grade(workspace)
        for indicator in grade["indicators"]:
            indicator.pop("trials", None)
        return grade

    def finished(self, workspace):
        """Row → digest of what is committed; nothing if it was killed before there was a session."""
        done = self.assay("--json", "trial", "list", workspace=workspace)
        listed = json.loads(done.stdout).get("trials", []) if done.stdout else []
        return {t["number"]: t["content_digest"] for t in listed if t["finished"]}

    def resume_and_compare(self, workspace, expected):
        before = self.finished(workspace)
        if self.assay("status", workspace=workspace).returncode != 0:
            return  # killed before the session was locked: there is nothing to resume
        done = self.assay("resume", "--jobs", "2", workspace=workspace)
        self.assertIn(done.returncode, (0, 5), done.stderr)
        after = self.finished(workspace)
        for number, digest in before.items():
            self.assertEqual(after.get(number), digest)
        self.assertEqual(self.verdict(workspace), expected)
        self.assertEqual(self.assay("doctor", workspace=workspace).returncode, 0)  # verifies the chain

    def test_each_write_point(self):
        expected = self.undisturbed()
        for point in POINTS:
            for nth in (1, 3):
                with self.subTest(point=point, nth=nth):
                    workspace = os.path.join(self.folder, f"{point}-{nth}")
                    run = subprocess.run(self.arguments(workspace), capture_output=True, timeout=300, check=False,
                                         env=dict(os.environ, ASSAY_KILL_AT=f"{point}:{nth}"))
                    if run.returncode in (0, 5) and nth > 1:
                        continue  # this point is passed fewer times in a session
                    self.assertEqual(run.returncode, -signal.SIGKILL)
                    self.resume_and_compare(workspace, expected)

    def test_random_instants(self):
        """Kills a run, and its resumptions, until the session ends by itself; then the next session."""
        expected = self.undisturbed()
        rng = random.Random(int(os.environ.get("ASSAY_KILL_SEED", "1")))
        wanted = int(os.environ.get("ASSAY_KILLS", "12"))
        kills = sessions = interrupted = 0
        while kills < wanted:
            workspace = os.path.join(self.folder, f"random-{sessions}")
            sessions += 1
            known = {}
            words = self.arguments(workspace)
            while True:
                run = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    self.assertIn(run.wait(rng.uniform(0.05, 1.5) if kills < wanted else 300), (0, 5))
                    break
                except subprocess.TimeoutExpired:
                    run.kill()
                    run.wait()
                    kills += 1
                now = self.finished(workspace)
                for number, digest in known.items():
                    self.assertEqual(now.get(number), digest, f"trial {number} was committed before kill {kills}")
                known = now
                if self.assay("status", workspace=workspace).returncode == 0:  # else killed before the lock
                    words = [ASSAY, "--workspace", workspace, "--lang", "en", "-q", "resume", "--jobs", "2"]
            interrupted += sum(1 for t in self.trials(workspace) if not t["finished"])
            self.assertEqual(self.verdict(workspace), expected)
            self.assertEqual(self.assay("doctor", workspace=workspace).returncode, 0)  # verifies the chain
        print(f"{kills} kills in {sessions} sessions, {interrupted} interrupted trials on record")


if __name__ == "__main__":
    unittest.main()
