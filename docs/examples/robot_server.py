#!/usr/bin/env python3
"""A robot behind Assay's robot API (docs/robot-api.yaml). Copy it and put your robot's own calls where Base is.

    robot_server.py [--port 8080] [--period 0.02] [--token-file FILE] [--cert CERT --key KEY]
"""
import argparse
import hmac
import json
import math
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WATCHDOG_S = 0.25  # without a command for so long the robot stops by itself: a lost link must not leave it driving
POSE = (("x_m", "m"), ("y_m", "m"), ("z_m", "m"), ("qw", "1"), ("qx", "1"), ("qy", "1"), ("qz", "1"))


class Base:
    """A mobile base on ideal wheels: replace it by your robot."""
    x = y = yaw = v = w = 0.0

    def move(self, dt):
        self.x += self.v * math.cos(self.yaw) * dt
        self.y += self.v * math.sin(self.yaw) * dt
        self.yaw += self.w * dt

    def groups(self):
        return [{"group": "base", "position_rad": [0.0, 0.0], "velocity_rad_s": [0.0, 0.0],
                 "odometry": [self.x, self.y, self.yaw], "twist": [self.v, self.w]}]

    def pose(self):
        return [self.x, self.y, 0.0, math.cos(self.yaw / 2), 0.0, 0.0, math.sin(self.yaw / 2)]


class World:
    """State of one trial, under one lock; the thread that sends telemetry moves the robot."""

    def __init__(self, period_s):
        self.lock, self.period_s, self.period_ns = threading.Lock(), period_s, round(period_s * 1e9)
        self.trial, self.state, self.robot, self.signals = 0, "empty", Base(), []
        self.last_command, self.began_ns, self.stopped = 0.0, 0, None

    def describe(self, _body=None):
        # Of the signals asked for, those that this robot can give, by its own word: where its base is.
        self.mine = [s for s in self.signals if s["kind"] == "pose" and s["a"] == "robot.base"]
        return {"schema": "assay.robot/1", "identity": "example base", "engine": "robot_server.py 1",
                "control_period_ns": self.period_ns, "capabilities": ["mobile_base"],
                "groups": [{"name": "base", "kind": "base", "joints": 2}],
                "truth_channels": [{"name": "robot.base." + name, "unit": unit, "frame": "world", "vantage": "self_report"}
                                   for _ in self.mine for name, unit in POSE],
                "peak_channels": [], "missing_signals": [s for s in self.signals if s not in self.mine]}

    def reset(self, body):
        self.stop()
        with self.lock:
            self.robot, self.signals = Base(), body["signals"]
            self.trial, self.state, self.stopped = self.trial + 1, "ready", None
            return {"trial": self.trial, "robot": self.describe()}

    def act(self, body):
        with self.lock:
            if self.state != "running" or body["trial"] != self.trial:
                raise LookupError("not_running")
            for group in body["groups"]:
                if group["mode"] == "base_twist":
                    self.robot.v, self.robot.w = map(float, group["values"])
            self.last_command = time.monotonic()
            return {"accepted": True}

    def stop(self, body=None):
        """Idempotent: the second call says what the first one did. One that names a trial that is over comes too late."""
        with self.lock:
            if body and body.get("trial", self.trial) != self.trial:
                return {"requested": True, "confirmed": True, "requested_at_ns": 0, "confirmed_at_ns": 0}
            if self.stopped is None:
                self.robot.v = self.robot.w = 0.0
                now = time.monotonic_ns() - self.began_ns if self.state == "running" else 0
                self.stopped = {"requested": True, "confirmed": True, "requested_at_ns": now, "confirmed_at_ns": now}
            self.state = "stopped"
            return self.stopped

    def telemetry(self, trial):
        """One line per period on absolute deadlines; opening it begins the trial."""
        with self.lock:
            if trial != self.trial or self.state != "ready":
                raise LookupError("not_ready")
            self.state, self.began_ns, self.last_command = "running", time.monotonic_ns(), time.monotonic()
        return self.lines(trial, time.monotonic())

    def lines(self, trial, start, seq=0):
        while True:
            with self.lock:
                line = {"seq": seq, "t_ns": seq * self.period_ns, "clock_ns": time.monotonic_ns(),
                        "truth": self.robot.pose() if self.mine else [], "peaks": [], "groups": self.robot.groups()}
                running, late = self.state == "running" and trial == self.trial, time.monotonic() - self.last_command > WATCHDOG_S
            if late or not running:
                self.stop({"trial": trial})
                yield {"end": "watchdog" if running else "stopped"}
                return
            yield line
            seq += 1
            time.sleep(max(0.0, start + seq * self.period_s - time.monotonic()))
            with self.lock:
                if trial == self.trial:
                    self.robot.move(self.period_s)


class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm, world, token = "HTTP/1.1", True, None, ""

    def head(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def answer(self, status, body):
        data = json.dumps(body, allow_nan=False).encode()
        self.head(status, Content_Type="application/json", Content_Length=str(len(data)))
        self.wfile.write(data)

    def call(self):
        received = time.monotonic_ns()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"
        if self.token and not hmac.compare_digest(self.headers.get("Authorization", ""), "Bearer " + self.token):
            return self.answer(401, {"what": "unauthorised", "message": "a token is needed"})
        path, _, query = self.path.partition("?")
        calls = {"GET /v1/robot": self.world.describe, "POST /v1/reset": self.world.reset,
                 "POST /v1/action": self.world.act, "POST /v1/stop": self.world.stop,
                 "GET /v1/clock": lambda _: {"received_ns": received, "sent_ns": time.monotonic_ns()}}
        try:
            if path == "/v1/telemetry":
                trial = int(query.partition("=")[2])
                return self.stream(self.world.telemetry(trial), trial)
            found = calls.get(self.command + " " + path)
            return self.answer(200, found(json.loads(body))) if found else self.answer(404, {"what": "no_such_call"})
        except (LookupError, ValueError, TypeError) as error:
            return self.answer(409, {"what": "refused", "message": str(error)})

    do_GET = do_POST = call

    def stream(self, lines, trial):
        self.close_connection = True  # the answer ends where the connection does
        self.head(200, Content_Type="application/x-ndjson", Connection="close")
        try:
            for line in lines:
                self.wfile.write(json.dumps(line, allow_nan=False).encode() + b"\n")
        except OSError:
            self.world.stop({"trial": trial})  # whoever read is gone

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    for name, kind, default in (("port", int, 8080), ("period", float, 0.02), ("token-file", str, ""), ("cert", str, ""), ("key", str, "")):
        parser.add_argument("--" + name, type=kind, default=default)
    options = parser.parse_args()
    Handler.world = World(options.period)
    if options.token_file:
        Handler.token = open(options.token_file, encoding="ascii").readline().strip()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"serving port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
