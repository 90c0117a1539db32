"""Policies that a server decides for, with independent peers: openpi's wire over python3-websockets, JSON over HTTP.
Whatever the server does is the subject's failure by name: never a pass, a crash or a hang."""
import json
import os
import signal
import subprocess
import sys
import unittest

from support import CATALOG, SOURCE, Case

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy_peer.py")
# Debian's own interpreter: its packages are not everybody's.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
SPACES = {"observation": [{"key": "state", "from": "base.odometry + base.twist + base.range_m"},
                          {"key": "prompt", "from": "instruction.en"}],
          "action": {"groups": [{"group": "base", "mode": "base_twist"}]}, "rate_hz": 10, "rows": 4}


class Policies(Case):
    def setUp(self):
        super().setUp()
        if subprocess.run([PYTHON, "-c", "import msgpack, numpy, websockets"], capture_output=True, check=False).returncode:
            self.skipTest("no peer without python3-websockets, python3-msgpack, python3-numpy")
        self.peers = []

    def tearDown(self):
        for peer in self.peers:
            peer.send_signal(signal.SIGTERM)
            peer.wait(10)
            peer.stdout.close()
        super().tearDown()

    def peer(self, *words, **env):
        peer = subprocess.Popen([PYTHON, PEER, *words], stdout=subprocess.PIPE, text=True,
                                env=dict(os.environ, **{"PEER_" + k.upper(): str(v) for k, v in env.items()}))
        self.peers.append(peer)
        return peer.stdout.readline().strip()

    def subject(self, url, kind="openpi", deadline_s=1.0, base="reference-amr", spaces=None, **more):
        with open(os.path.join(CATALOG, "subjects", base + ".yaml"), encoding="utf-8") as source:
            text = source.read()
        policy = {"id": kind, "url": url, "deadline_s": deadline_s, "spaces": dict(SPACES, **(spaces or {})), **more}
        head = text[:text.index("\npolicy:")]
        return self.write(f"subject-{len(os.listdir(self.folder))}.yaml", head + "\npolicy: " + json.dumps(policy) + "\n")

    def first_reason(self, subject, name):
        """The reason of the first trials of a campaign that is ended as soon as they are there."""
        workspace = os.path.join(self.folder, "w-" + name)
        done = self.assay("run", "--subject", subject, "--level", "1", "--seed", "p", workspace=workspace, timeout=280)
        self.assertNotIn(done.returncode, (0, 3), done.stderr)
        trials = self.trials(workspace)
        self.assertTrue(trials and all(t["finished"] for t in trials))
        self.assert_recomputes(workspace)
        return {(t["outcome"], t["reason"]) for t in trials}

    def test_a_sound_server_is_asked_and_obeyed(self):
        for name, kind, words, env, spaces in (("openpi", "openpi", (), {}, {}), ("http", "http", ("--http",), {}, {}),
                                               ("arena", "openpi", (), {"dialect": "roboarena"}, {"dialect": "roboarena"})):
            with self.subTest(name):
                url = ("http" if kind == "http" else "ws") + "://127.0.0.1:" + self.peer(*words, **env)
                subject = self.subject(url, kind, deadline_s=5, spaces=spaces)
                self.assertEqual(self.assay("doctor", "--subject", subject).returncode, 0)
                found = self.first_reason(subject, name)
                # It drives in a circle: no trial succeeds, and none is anybody's fault.
                self.assertTrue(found)
                for outcome, reason in found:
                    self.assertIn(outcome, ("failure", "unsafe"))
                    self.assertFalse(reason.startswith("subject_fault"), reason)

    def test_whatever_the_server_does_is_named(self):
        wanted = {"stall": "policy_stalled", "garbage": "policy_garbled", "cut": "policy_garbled", "bomb": "policy_garbled",
                  "nan": "policy_not_finite", "shape": "policy_shape", "dtype": "policy_dtype", "empty": "policy_shape",
                  "traceback": "policy_error", "close": "policy_closed", "vanish": "policy_closed",
                  "chatter": "policy_unasked"}
        for behaviour, reason in wanted.items():
            with self.subTest(behaviour):
                subject = self.subject("ws://127.0.0.1:" + self.peer(behaviour=behaviour), deadline_s=0.4)
                found = self.first_reason(subject, behaviour)
                print(behaviour, found)
                self.assertEqual({outcome for outcome, _ in found}, {"failure"})
                self.assertIn("subject_fault:" + reason, {r for _, r in found})
        for behaviour, reason in {"garbage": "policy_garbled", "shape": "policy_shape", "empty": "policy_shape"}.items():
            with self.subTest("http " + behaviour):
                subject = self.subject("http://127.0.0.1:" + self.peer("--http", behaviour=behaviour), "http")
                self.assertEqual(self.first_reason(subject, "h" + behaviour), {("failure", "subject_fault:" + reason)})

    def test_a_policy_that_talks_takes_part_in_a_suite_of_words(self):
        example = os.path.join(SOURCE, "docs", "examples", "talking_policy.py")
        server = subprocess.Popen([PYTHON, example, "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.peers.append(server)
        spaces = {"observation": [{"key": "tcp", "from": "arm.tcp_m"}, {"key": "turn", "from": "arm.tcp_wxyz"},
                                  {"key": "things", "from": "detections"}, {"key": "prompt", "from": "instruction.en"},
                                  {"key": "told", "from": "told"}],
                  "action": {"words": True, "groups": [{"group": "arm", "mode": "ee_delta_pose"},
                                                       {"group": "gripper", "mode": "gripper"}]}}
        text = self.subject("http://127.0.0.1:" + server.stdout.readline().split()[-1], "http", 2.0,
                            base="reference-attentive-arm")
        with open(text, encoding="utf-8") as source:
            whole = source.read()
        policy = json.loads(whole[whole.index("\npolicy: ") + 9:])
        subject = self.write("talks.yaml", whole[:whole.index("\npolicy:")] + "\npolicy: " +
                             json.dumps(dict(policy, spaces=spaces)) + "\n")
        workspace = os.path.join(self.folder, "w-talks")
        done = self.assay("run", "--subject", subject, "--scheme", "embodied-4d5l", "--level", "1", "--seed", "p",
                          workspace=workspace, timeout=600)
        self.assertNotIn(done.returncode, (0, 3), done.stderr)  # it is an example: it is not sure of everything
        tasks = {}
        for trial in self.trials(workspace):
            tasks.setdefault(trial["task"], []).append(trial["outcome"])
            self.assertFalse((trial["reason"] or "").startswith("subject_fault"), trial)
        print({task: f"{outcomes.count('success')} of {len(outcomes)}" for task, outcomes in tasks.items()})
        self.assert_recomputes(workspace)
        self.assertEqual(len(tasks), 5)  # clarify succeeds only who asks and hears; refuse only who refuses, and not all
        for task in ("interaction/clarify", "interaction/follow", "interaction/hand_over", "interaction/refuse"):
            self.assertGreater(tasks[task].count("success"), len(tasks[task]) * 0.8, task)

    def test_nobody_there_and_cameras_are_said(self):
        for url, kind in (("ws://127.0.0.1:9", "openpi"), ("http://127.0.0.1:9", "http")):
            subject = self.subject(url, kind)
            done = self.assay("run", "--subject", subject, "--level", "1", "--seed", "p")
            self.assertEqual(done.returncode, 6, done.stderr)
            for word in ("ASSAY-0931", url, "nothing was locked", "refused", "doctor --subject " + subject):
                self.assertIn(word, done.stderr)
            self.assertFalse(os.path.exists(self.workspace), "nothing was locked")
        self.assertEqual(self.assay("doctor", "--subject", self.subject("ws://127.0.0.1:9")).returncode, 6)
        url = "ws://127.0.0.1:" + self.peer(dialect="roboarena", cameras=2)
        found = self.first_reason(self.subject(url, spaces={"dialect": "roboarena"}), "cameras")
        self.assertEqual(found, {("failure", "subject_fault:policy_cameras")})

    def test_a_server_behind_tls_is_verified(self):
        cert, key = self.certificate()
        port = self.peer(cert=cert, key=key)
        subject = self.subject("wss://localhost:" + port, deadline_s=5, ca_file=cert)
        done = self.assay("doctor", "--subject", subject)
        self.assertEqual(done.returncode, 0, done.stdout)
        for outcome, reason in self.first_reason(subject, "wss"):
            self.assertIn(outcome, ("failure", "unsafe"))
            self.assertFalse(reason.startswith("subject_fault"), reason)
        # Nobody vouches for it; another host's certificate; not TLS at all.
        for url, more in (("wss://localhost:" + port, {}), ("wss://127.0.0.1:" + port, {"ca_file": cert}),
                          ("ws://localhost:" + port, {})):
            done = self.assay("doctor", "--subject", self.subject(url, **more))
            self.assertEqual(done.returncode, 6, url + done.stdout)
            if url.startswith("wss"):
                self.assertIn("certificate verify failed", done.stdout)

    def test_spaces_that_do_not_fit_are_named_before_anything_runs(self):
        for change, word in (({"action": {"groups": [{"group": "arm", "mode": "joint_position"}]}}, "group 'arm'"),
                             ({"action": {"groups": [{"group": "base", "mode": "gripper"}]}}, "base by gripper"),
                             ({"observation": [{"key": "state", "from": "base.smell"}]}, "base.smell"),
                             ({"observation": [{"key": "image", "camera": "fron", "size": [8, 8]}]}, "camera fron"),
                             ({"observation": [{"key": "image", "camera": "front"}]}, "no size")):
            done = self.assay("plan", "--subject", self.subject("ws://127.0.0.1:9", spaces=change))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(word, done.stderr)
            self.assertRegex(done.stderr, "ASSAY-126[01]")
        done = self.assay("plan", "--subject", self.subject("ftp://127.0.0.1:9"))
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
