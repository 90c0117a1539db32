"""A run seen from another process: status, pause, continue, stop, attach, and a run in the background that is killed."""
import json
import os
import signal
import socket
import subprocess
import time
import unittest

from support import ASSAY, Case

DEADLINE_S = 120


class Control(Case):
    def detach(self, seed):
        done = self.assay("--json", "run", "--subject", "reference-arm", "--level", "1", "--seed", seed, "--jobs", "1",
                          "--detach")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def until(self, what, seen):
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            found = what()
            if seen(found):
                return found
            time.sleep(0.1)
        self.fail(f"not seen within {DEADLINE_S} s; last: {found}")

    def status(self):
        return self.json("status")["sessions"][-1]

    def events(self, run):
        with open(run["events"], encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.endswith("\n")]

    def test_pause_continue_attach(self):
        run = self.detach("control")
        self.assertEqual(os.stat(os.path.dirname(run["events"])).st_mode & 0o777, 0o700)
        self.assertEqual(self.status()["run"]["pid"], run["pid"])
        self.until(lambda: len(self.trials()), lambda n: n > 0)
        self.assertEqual(self.json("pause")["state"], "paused")
        self.until(lambda: self.status()["run"]["under_way"], lambda trials: not trials)
        before = len(self.trials())
        time.sleep(1)
        self.assertEqual(len(self.trials()), before)
        self.assertEqual(self.json("continue")["state"], "running")
        attached = self.assay("--json", "attach", timeout=DEADLINE_S)
        self.assertIn(attached.returncode, (0, 5), attached.stderr)
        self.assertGreater(len(self.trials()), before)
        kinds = [e["type"] for e in self.events(run)]
        self.assertEqual(kinds[0], "run_started")
        self.assertEqual(kinds[-1], "run_finished")
        self.assertLess(kinds.index("run_paused"), kinds.index("run_continued"))
        # The watcher says what the run's own report says, and what a run without any of this says.
        self.assertEqual(json.loads(attached.stdout)["grade"], self.grade())
        other = os.path.join(self.folder, "undisturbed")
        self.assay("run", "--subject", "reference-arm", "--level", "1", "--seed", "control", workspace=other)
        self.assertEqual(self.digests(), self.digests(workspace=other))
        self.until(lambda: self.assay("pause").stderr, lambda text: "ASSAY-0921" in text)

    def test_stop_and_resume(self):
        run = self.detach("stop")
        self.until(lambda: len(self.trials()), lambda n: n > 1)
        self.assertEqual(self.json("stop")["state"], "stopping")
        self.until(lambda: self.status()["state"], lambda state: state == "interrupted")
        self.assertIn("run_interrupted", [e["type"] for e in self.events(run)])
        self.assertIn(self.assay("resume").returncode, (0, 5))

    def test_killed(self):
        run = self.detach("killed")
        watcher = subprocess.Popen([ASSAY, "--workspace", self.workspace, "--lang", "en", "attach"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        os.kill(run["pid"], signal.SIGKILL)
        killed = time.monotonic()
        said = watcher.communicate(timeout=30)[1]
        self.assertLess(time.monotonic() - killed, 10)
        self.assertEqual(watcher.returncode, 75, said)
        self.assertIn("has died", said)
        self.assertIsNone(self.status()["run"])
        self.assertIn("ASSAY-0921", self.assay("attach").stderr)
        self.assertIn(self.assay("resume").returncode, (0, 5))
        self.assertIn(self.assay("attach").returncode, (0, 5))  # of a session that is closed: its verdict

    def test_nonsense_on_the_socket(self):
        run = self.detach("nonsense")
        path = os.path.join(self.workspace, "run", run["session"] + ".sock")
        for line, error in ((b"{}\n", True), (b"\xff\xfe[[[\n", True), (b'{"do": 7}\n', True), (b"x" * 100000, None),
                            (b'{"do": "status"}\n', False)):
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(10)
                talk.connect(path)
                try:
                    talk.sendall(line)
                    answer = talk.makefile().readline()
                except OSError:
                    answer = ""
                if error is None:
                    self.assertEqual(answer, "")
                else:
                    self.assertEqual("error" in json.loads(answer), error)
        self.assay("stop")
        self.until(lambda: self.status()["state"], lambda state: state == "interrupted")


if __name__ == "__main__":
    unittest.main()
