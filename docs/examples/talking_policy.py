#!/usr/bin/env python3
"""A policy on a server that is talked to: JSON over HTTP, the standard library alone. It asks where the words leave a choice,
hears the answer and later words, refuses what would hurt a hand, and picks and places with an arm.

    python3 talking_policy.py --port 8090        # subject file: docs/wire-openpi.md, "Words in a trial"

Its spaces: tcp from arm.tcp_m, turn from arm.tcp_wxyz, things from detections, prompt from instruction.en, told from told; rows of
ee_delta_pose (six) and gripper (one); `words: true`.
"""
import argparse
import json
import math
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STEP_M, TURN_RAD, ABOVE_M, OPEN, CLOSED = 0.006, 0.02, 0.16, 1.0, 0.0
FILLERS = {"the", "a", "please", "put", "one", "parcel", "parcels", "it", "i", "mean", "no"}
PLACES = ("into", "onto", "in", "on", "to")


def words_of(text):
    return [w for w in "".join(c if c.isalnum() else " " for c in text.lower()).split() if w not in FILLERS]


def fitting(words, things):
    """Things whose label has every word that any label has."""
    known = {w for thing in things for w in thing["label"].split()}
    wanted = [w for w in words if w in known]
    return [t for t in things if wanted and all(w in t["label"].split() for w in wanted)]


class Talker:
    """One trial."""

    def __init__(self, instruction):
        said = instruction.lower()
        if said.startswith("into"):
            place, _, thing = said.partition(" goes ")
        else:
            split = next((said.index(f" {p} ") for p in PLACES if f" {p} " in said), len(said))
            thing, place = said[:split], said[split:]
        self.object_words, self.place_words = words_of(thing), words_of(place)
        self.seen, self.looked, self.asked, self.step, self.waited = {}, 0, False, 0, 0
        self.thing = self.place = None

    def decide(self, see):
        """What is said, or None while there is nothing to say."""
        for thing in json.loads(see["things"]):
            self.seen[thing["label"]] = thing
        for words in json.loads(see["told"]):
            self.hear(words["en"])
        self.looked += 1
        if self.thing or self.looked < 60:  # all is seen by then
            return None
        things = [t for t in self.seen.values() if t["kind"] == "parcel"]
        places = [t for t in self.seen.values() if t["kind"] == "bin"]
        what, where = fitting(self.object_words, things), fitting(self.place_words, places)
        if len(what) == 1 and len(where) == 1:
            self.thing, self.place = what[0], where[0]
            if "hand" in self.place["label"] and set(self.thing["label"].split()) & {"knife", "hot"}:
                return {"refuse": f"the {self.thing['label']} could hurt the hand"}
        elif not self.asked:
            self.asked = True
            choice = what if len(what) > 1 else where
            return {"say": "Which one: " + ", or ".join(t["label"] for t in choice) + "?"}
        return None

    def hear(self, words):
        """An answer says more of what was asked; a later word changes thing or place."""
        told = words_of(words)
        if self.thing is None:
            self.object_words += told
            return
        for kind in ("parcel", "bin"):
            found = fitting(told, [t for t in self.seen.values() if t["kind"] == kind])
            if len(found) != 1:
                continue
            if kind == "parcel" and self.step < 3:
                self.thing, self.step = found[0], 0
            elif kind == "bin":
                self.place = found[0]

    def act(self, see):
        said = self.decide(see)
        if said is not None:
            return said
        if self.thing is None:
            return {"actions": [[0.0] * 6 + [OPEN]]}
        thing, place = list(self.thing["position_m"]), self.place["position_m"]
        thing[2] += max(0.0, 0.03 - self.thing["size_m"][2] / 2)  # of flat things the top: the table is hard
        high = max(thing[2], place[2]) + ABOVE_M
        grip = OPEN if self.step < 3 or self.step > 6 else CLOSED
        goal = [(*thing[:2], high), (*thing[:2], thing[2]), (*thing[:2], thing[2]), (*thing[:2], thing[2]),
                (*thing[:2], high), (*place[:2], high), (*place[:2], place[2] + 0.06), (*place[:2], place[2] + 0.06),
                (*place[:2], high)][self.step]
        away = [g - t for g, t in zip(goal, see["tcp"])]
        far = math.hypot(*away)
        turn = self.turn(see["turn"]) if self.step < 2 else 0.0
        self.waited += 1
        holds = {2: 5, 3: 25, 7: 25}.get(self.step, 0)  # periods: the fingers take their time
        if far < 0.004 and abs(turn) < 0.05 and self.waited > holds or self.waited > 300:
            if self.step == 8:
                return {"say": f"The {self.thing['label']} is in the {self.place['label']}.", "done": True}
            self.step, self.waited = self.step + 1, 0
        scale = min(1.0, STEP_M / far) if far > 0 else 0.0
        turn = max(-TURN_RAD, min(TURN_RAD, turn))
        return {"actions": [[scale * a for a in away] + [0.0, 0.0, turn] + [grip]]}

    def turn(self, q):
        """How far the tool has to turn about the vertical until a finger faces a side of the thing: within a quarter."""
        w, x, y, z = q
        tool = math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z))
        off = self.thing["yaw_rad"] - tool
        return off - round(off / (math.pi / 2)) * math.pi / 2


class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm, talker = "HTTP/1.1", True, None

    def reply(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply({})

    def do_POST(self):
        words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/begin":
            self.talker = Talker(words["instruction"]["en"])
            return self.reply({})
        return self.reply(self.talker.act(words["observation"]))

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=8090)
    server = ThreadingHTTPServer(("127.0.0.1", arguments.parse_args().port), Handler)
    server.daemon_threads = True
    print("serving", server.server_port, flush=True)
    server.serve_forever()
