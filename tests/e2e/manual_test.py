"""A robot without a connection: a scripted operator answers a run's prompts over its socket, to a graded session."""
import json
import os
import signal
import socket
import subprocess
import time
import unittest

from support import ASSAY, SOURCE, Case

DEADLINE_S = 120

SCHEME = """
schema: assay.scheme/1
id: by-eye
version: 1.0.0
title: {en: "Sorting, judged by eye", zh: "目视判定的分拣"}
notice: {en: "A scheme of a test.", zh: "测试用方案。"}
dimensions:
  - {id: P, title: {en: Perception, zh: 感知}}
  - {id: E, title: {en: Execution, zh: 执行}}
levels:
  - {level: 1, title: {en: Nominal, zh: 标称}}
classes:
  - {id: industrial, title: {en: Industrial, zh: 工业}}
scopes:
  - id: manipulation
    title: {en: Arm, zh: 机械臂}
    tasks: [logistics_assembly/parcel_sorting]
    classes: [industrial]
indicators:
  - {id: E-eye, dimension: E, level: 1, task: logistics_assembly/parcel_sorting, limit: 0.40, design: 0.98,
     vantage: operator, clause: "1", title: {en: "Sorts, by eye", zh: "分拣（目视）"}, scopes: [manipulation]}
  - {id: P-measured, dimension: P, level: 1, task: logistics_assembly/parcel_sorting, check: right_first, limit: 0.40,
     design: 0.98, vantage: instrument, clause: "2", title: {en: "Right first, measured", zh: "首触正确（仪器）"},
     scopes: [manipulation]}
gates:
  - {id: safety, title: {en: Limits kept, zh: 未突破限值}, event: unsafe, limit: 0.60, confidence: 0.95, clause: "3"}
aggregation: all_of
alpha: 0.05
beta: 0.20
void_cap: 0.50
cap: 1.5n
"""

SUBJECT = os.path.join(SOURCE, "docs", "examples", "operated-arm.yaml")
WATCHED = os.path.join(SOURCE, "docs", "examples", "watched-arm.yaml")


class Manual(Case):
    def start(self, seed, subject=SUBJECT):
        scheme = self.write("by-eye.yaml", SCHEME)
        done = self.assay("--json", "run", "--subject", subject, "--scheme", scheme, "--seed", seed, "--detach")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.run_id = json.loads(done.stdout)
        return self.run_id

    def tell(self, message):
        """The run's answer; None when there is no run."""
        try:
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(10)
                talk.connect(os.path.join(self.workspace, "run", self.run_id["session"] + ".sock"))
                talk.sendall((json.dumps(message) + "\n").encode())
                line = talk.makefile().readline()
        except OSError:
            return None
        return json.loads(line) if line else None

    def prompt(self, *kinds, trial=None):
        """The next prompt of one of these kinds; None when the run has ended."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            status = self.tell({"do": "status"})
            if status is None:
                return None
            found = status["prompt"]
            if found and found["kind"] in kinds and (trial is None or found["trial"] == trial):
                return found
            time.sleep(0.05)
        self.fail(f"no prompt {kinds} within {DEADLINE_S} s")

    def answer(self, prompt, act, **more):
        return self.tell({"do": "answer", "prompt": prompt["id"], "act": act, "by": "Li Wei", **more})

    def accepted(self, *words, **more):
        said = self.answer(*words, **more)
        self.assertNotIn("error", said)
        return said

    def act_out(self, prompt):
        """From set-up to the entry."""
        trial = prompt["trial"]
        self.accepted(prompt, "ready")
        self.accepted(self.prompt("arm", trial=trial), "zone_clear")
        self.accepted(self.prompt("armed", trial=trial), "go")
        acting = self.prompt("acting", trial=trial)
        time.sleep(0.2)
        self.accepted(acting, "ended")
        return self.prompt("entry", trial=trial)

    SEEN = {"success": True, "subgoals": {"grasped": True, "lifted": True}, "checks": {"right_first": True},
            "limits": {name: False for name in ("force_on_person", "force_on_bin_a", "force_on_bin_b",
                                                "force_on_table", "tcp_speed")}}

    def test_to_a_grade(self):
        self.start("eye")
        first = self.prompt("set_up")
        self.assertTrue(first["card"]["steps"])
        self.assertTrue(all(s["en"] and s["zh"] for s in first["card"]["steps"]))
        # What does not fit the prompt does nothing.
        self.assertIn("0561", self.tell({"do": "answer", "prompt": first["id"], "act": "go", "by": "x"})["error"])
        self.assertIn("0561", self.tell({"do": "answer", "prompt": "1.99", "act": "ready", "by": "x"})["error"])
        self.assertIn("0561", self.tell({"do": "answer", "prompt": first["id"], "act": "ready"})["error"])
        # The first cannot be set up: void, with a reason; the next is invalid before its outcome is told.
        self.assertIn("0561", self.answer(first, "cannot", reason="bad mood")["error"])
        self.accepted(first, "cannot", reason="object_missing")
        second = self.prompt("set_up")
        self.assertNotEqual(second["trial"], first["trial"])
        self.accepted(second, "ready")
        self.accepted(self.prompt("arm"), "zone_clear")
        self.accepted(self.prompt("armed"), "go")
        self.accepted(self.prompt("acting"), "invalid", reason="person_in_zone")
        # The third is entered, taken back within 5 s, and entered again.
        third = self.prompt("set_up")
        entry = self.act_out(third)
        self.assertIn("0561", self.answer(entry, "enter")["error"])
        self.accepted(entry, "enter", **dict(self.SEEN, success=False))
        self.accepted(self.prompt("undo"), "undo")
        again = self.prompt("entry")
        self.accepted(again, "enter", **self.SEEN)
        # The fourth: not every limit was seen.
        fourth = self.prompt("set_up")
        self.assertNotEqual(fourth["trial"], third["trial"])
        entry = self.act_out(fourth)
        self.accepted(entry, "enter", success=True, checks={"right_first": True})
        # A second person scores the third blind while the run goes on.
        self.assertNotIn("error", self.tell({"do": "score", "trial": third["trial"], "outcome": "success", "by": "Ana"}))
        while (prompt := self.prompt("set_up")) is not None:
            self.accepted(self.act_out(prompt), "enter", **self.SEEN)
        trials = {t["number"]: t for t in self.trials()}
        self.assertEqual(trials[first["trial"]]["reason"], "not_run:object_missing")
        self.assertFalse(trials[first["trial"]]["valid"])
        self.assertEqual(trials[second["trial"]]["invalid_reason"], "person_in_zone")
        one = trials[third["trial"]]
        self.assertEqual((one["outcome"], one["reason"]), ("success", "goal_reached"))
        self.assertEqual(one["checks"], {"right_first": True})  # the other three were not said
        metrics = {m["id"]: m for m in one["metrics"]}
        self.assertTrue(all(m["vantage"] == "operator" for m in metrics.values()), metrics)
        self.assertGreaterEqual(metrics["completion_time"]["value"], 0.2)
        for unseen in ("path_length", "peak_contact_force", "policy_inference_time", "harness_overhead"):
            self.assertIsNone(metrics[unseen]["value"], unseen)
        unseen = {m["id"]: m for m in trials[fourth["trial"]]["metrics"]}["limit_violations"]
        self.assertIsNone(unseen["value"])
        grade = self.grade()
        indicators = {i["id"]: i for i in grade["indicators"]}
        self.assertEqual(indicators["E-eye"]["conformity"], "conform", indicators["E-eye"])
        # What asks for an instrument is not shown by a person's eye.
        self.assertEqual(indicators["P-measured"]["conformity"], "not_tested", indicators["P-measured"])
        gate = grade["gates"][0]
        counted = [t for t in trials.values() if t["outcome"] == "success"]
        self.assertEqual(gate["attempts"], len(counted) - 1)  # without the one whose limits nobody watched
        self.assertIn("operator", json.dumps(gate["reason"]))
        agreement = self.json("trial", "agreement")
        self.assertEqual((agreement["n"], agreement["agree"]), (1, 1))
        # The record judges itself again, and the log says who did what.
        again = self.assay("recompute")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        page = self.assay("report", "--format", "html", "-o", "-").stdout
        self.assertIn("operator", page)

    def test_killed_at_a_prompt(self):
        run = self.start("killed")
        prompt = self.prompt("set_up")
        self.accepted(prompt, "ready")
        self.accepted(self.prompt("arm"), "zone_clear")
        self.accepted(self.prompt("armed"), "go")
        self.accepted(self.prompt("acting"), "ended")
        self.prompt("entry")
        os.kill(run["pid"], signal.SIGKILL)
        while self.tell({"do": "status"}) is not None:
            time.sleep(0.1)
        self.assertEqual(self.assay("resume", "--detach").returncode, 0)
        entry = self.prompt("entry")
        self.assertEqual(entry["trial"], prompt["trial"])
        self.assertIsNotNone(entry["time_s"])
        self.accepted(entry, "enter", **self.SEEN)
        self.prompt("set_up")
        self.assertEqual([t["outcome"] for t in self.trials()][0], "success")
        self.assay("stop")

    def test_at_a_terminal(self):
        """`assay attach --by` answers prompts line by line."""
        self.start("typed")
        self.prompt("set_up")
        lines = ["ok", "clear", "go", "end", "e", "y", "y", "y", "y", "", "", "", "n", "n", "n", "n", "n", "fine", ""]
        watcher = subprocess.Popen([ASSAY, "--workspace", self.workspace, "--lang", "zh", "attach", "--by", "王芳"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        watcher.stdin.write("\n".join(lines) + "\n")
        watcher.stdin.flush()
        second = self.prompt("set_up", trial=self.prompt("undo")["trial"] + 1)
        self.assertIsNotNone(second)
        self.assay("stop")
        said = watcher.communicate(timeout=60)[1]
        self.assertIn("场景已布置", said)
        self.assertEqual(self.trials()[0]["outcome"], "success", said)

    SMALL = ("--width", "96", "--height", "64")

    def test_a_simulated_robot_for_the_operators_eye(self):
        """What is to be set up as a picture; what plays in place of a robot; nothing of it on record."""
        self.start("watched", WATCHED)
        prompt = self.prompt("set_up")
        self.assertTrue(prompt["card"]["plays"])
        picture = os.path.join(self.folder, "start.png")
        told = self.json("trial", "picture", str(prompt["trial"]), "-o", picture, *self.SMALL)
        self.assertEqual(told["instruction"], prompt["card"]["instruction"])
        with open(picture, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        frames = [os.path.join(self.folder, name) for name in ("one", "two")]
        for folder in frames:
            told = self.json("trial", "play", str(prompt["trial"]), "--fps", "2", "--frames", folder, *self.SMALL)
        self.assertEqual(told["frames"], len(os.listdir(frames[0])))
        self.assertGreater(told["frames"] * told["step_s"], 2)
        pictures = []
        for folder in frames:
            pictures.append([])
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), "rb") as file:
                    pictures[-1].append(file.read())
        self.assertEqual(*pictures)  # the same start and policy: the same play
        self.assertNotEqual(pictures[0][1], pictures[0][-1])
        self.assertFalse(self.trials()[0]["finished"])
        self.accepted(self.act_out(prompt), "enter", **self.SEEN)
        self.prompt("set_up", trial=prompt["trial"] + 1)
        self.assay("stop")
        report = self.json("report", "last", "--format", "json", "-o", "-")
        self.assertIn("no robot moved", json.dumps(report))

    def test_nothing_plays_where_a_robot_moves(self):
        self.start("moves")
        prompt = self.prompt("set_up")
        self.assertFalse(prompt["card"]["plays"])
        refused = self.assay("trial", "play", str(prompt["trial"]), "--frames", self.folder)
        self.assertIn("ASSAY-0726", refused.stderr)
        self.assay("stop")


if __name__ == "__main__":
    unittest.main()
