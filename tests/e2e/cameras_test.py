"""A policy that decides by pictures: drawn by the program's own process, sent as openpi sends them, right to the pixel."""
import json
import math
import os
import signal
import subprocess
import sys
import time
import unittest

from support import ASSAY, CATALOG, Case

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "camera_peer.py")
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
SIZE = 224
PARCEL = (0.45, -0.15, 0.025)  # the red one at L1, ± 2 mm, in the frame of the arm's base


def projected(point):
    """Where the camera `front` of arm7 sees a point, in pixels."""
    s = math.sqrt(0.5)
    d = (point[0] - 0.95, point[1], point[2] - 0.75)
    depth, right, up = -s * d[0] - s * d[2], d[1], -s * d[0] + s * d[2]
    focal = SIZE / 2 / math.tan(math.radians(55) / 2)
    return SIZE / 2 + focal * right / depth, SIZE / 2 - focal * up / depth


class Cameras(Case):
    def setUp(self):
        super().setUp()
        if subprocess.run([PYTHON, "-c", "import msgpack, numpy, websockets"], capture_output=True, check=False).returncode:
            self.skipTest("no peer without python3-websockets, python3-msgpack, python3-numpy")
        self.log = os.path.join(self.folder, "seen.jsonl")
        self.peer = subprocess.Popen([PYTHON, PEER], stdout=subprocess.PIPE, text=True, env=dict(
            os.environ, PEER_LOG=self.log, PEER_PICTURE=os.environ.get("ASSAY_PICTURE", "")))
        self.url = "ws://127.0.0.1:" + self.peer.stdout.readline().strip()

    def tearDown(self):
        self.peer.send_signal(signal.SIGTERM)
        self.peer.wait(10)
        self.peer.stdout.close()
        super().tearDown()

    def subject(self, camera="front", base="reference-arm"):
        with open(os.path.join(CATALOG, "subjects", base + ".yaml"), encoding="utf-8") as source:
            text = source.read()
        policy = {"id": "openpi", "url": self.url, "deadline_s": 20, "spaces": {
            "observation": [{"key": "observation/image", "camera": camera, "size": [SIZE, SIZE]},
                            {"key": "observation/state", "from": "arm.tcp_m"}, {"key": "prompt", "from": "instruction.en"}],
            "action": {"groups": [{"group": "arm", "mode": "ee_delta_pose"}]}, "rate_hz": 2, "rows": 1}}
        return self.write("seeing.yaml", text[:text.index("\npolicy:")] + "\npolicy: " + json.dumps(policy) + "\n")

    def run_some(self):
        """Until one trial is over."""
        run = subprocess.Popen([ASSAY, "--workspace", self.workspace, "run", "--subject", self.subject(), "--level", "1",
                                "--seed", "c", "--jobs", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 280
        while time.monotonic() < until and run.poll() is None:
            time.sleep(1)
            done = self.assay("--json", "trial", "list")
            if done.returncode == 0 and any(t["finished"] for t in json.loads(done.stdout)["trials"]):
                break
        run.send_signal(signal.SIGINT)
        run.wait(60)
        run.stderr.close()
        return [t for t in self.trials() if t["finished"]]

    def test_it_sees_where_things_are_and_goes_there(self):
        trials = self.run_some()
        self.assertTrue(trials)
        self.assertFalse([t for t in trials if "fault" in t["reason"]], trials)
        with open(self.log, encoding="utf-8") as log:
            seen = [json.loads(line) for line in log]
        first = seen[0]
        self.assertEqual(first["shape"], [SIZE, SIZE, 3])
        u, v = projected(PARCEL)
        print(f"seen ({first['u']:.1f}, {first['v']:.1f}), projected ({u:.1f}, {v:.1f}), {first['pixels']} px")
        self.assertLess(abs(first["u"] - u), 4)
        self.assertLess(abs(first["v"] - v), 4)
        # It went where its picture told it, and no detection was shown to it.
        nearest = min(math.hypot(one["tcp"][0] - PARCEL[0], one["tcp"][1] - PARCEL[1]) for one in seen)
        print(f"nearest to the parcel, in the plane: {1000 * nearest:.1f} mm")
        self.assertLess(nearest, 0.03)

    def test_where_nothing_can_be_drawn_nothing_is_run(self):
        done = self.assay("run", "--subject", self.subject(), "--level", "1", "--seed", "d", env={"ASSAY_CAMERA": "/bin/false"})
        self.assertEqual(done.returncode, 10, done.stderr)
        self.assertIn("ASSAY-0441", done.stderr)

    def test_a_camera_that_is_not_there_is_named_before_anything_runs(self):
        done = self.assay("plan", "--subject", self.subject("frnt"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("ASSAY-1261", done.stderr)
        self.assertIn("did you mean 'front'", done.stderr)
        self.assertIn("front, wrist", done.stderr)


if __name__ == "__main__":
    unittest.main()
