"""A peer for served policies: openpi's wire with the libraries that openpi itself uses, well or badly behaved, and the
small JSON protocol over HTTP. Prints its port; logs when each question came and when its answer left."""
import asyncio
import http.server
import json
import os
import ssl
import sys
import time

import numpy as np
import websockets

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "docs", "examples"))
from policy_server import pack, unpack  # noqa: E402

COLUMNS = int(os.environ.get("PEER_COLUMNS", "2"))
BEHAVIOUR = os.environ.get("PEER_BEHAVIOUR", "good")
DELAYS = [float(d) for d in os.environ.get("PEER_DELAYS", "0").split(",")]
LOG = os.environ.get("PEER_LOG", "")


def rows(n=5, dtype=np.float32, columns=None):
    return np.tile(np.array([0.2, 0.1, 0, 0, 0, 0, 0, 0][:columns or COLUMNS], dtype=dtype), (n, 1))


def converse(observation, number):
    """Asks, waits for the answer, says what it heard, reports and is done: what is said beside the rows, or without."""
    heard = json.loads(observation["told"])
    assert isinstance(heard, list) and all(set(words) == {"en", "zh"} for words in heard), heard
    if number == 1:
        return {"say": "Which one? 哪一个？"}
    if not heard:
        return {"actions": rows(50).tolist()}  # a long chunk: what is said ends it
    if BEHAVIOUR == "refuse":
        return {"refuse": "not " + heard[0]["en"]}
    if BEHAVIOUR == "babble":
        return {"say": 7}
    return {"say": "I heard: " + heard[0]["en"], "done": True,
            "reports": [{"label": heard[0]["zh"], "position_m": [1, 2.5, 3]}]}


class Logged:
    def __init__(self):
        self.number = 0

    def delay(self):
        self.number += 1
        return DELAYS[(self.number - 1) % len(DELAYS)]


async def misbehave(socket, number):
    """From the third answer on. True: it was answered."""
    if BEHAVIOUR in ("good", "talk", "refuse", "babble") or number < 3:
        return False
    if BEHAVIOUR == "stall":
        await asyncio.sleep(3600)
    elif BEHAVIOUR == "garbage":
        await socket.send(b"\xc1\x00garbage")
    elif BEHAVIOUR == "cut":
        await socket.send(pack({"actions": rows()})[:-3])
    elif BEHAVIOUR == "bomb":
        await socket.send(b"\x81\xa7actions\xdd\xff\xff\xff\xff")
    elif BEHAVIOUR == "nan":
        bad = rows()
        bad[2, 1] = np.nan
        await socket.send(pack({"actions": bad}))
    elif BEHAVIOUR == "shape":
        await socket.send(pack({"actions": np.zeros((5, COLUMNS + 1), np.float32)}))
    elif BEHAVIOUR == "dtype":
        await socket.send(pack({"actions": rows(dtype=np.float16)}))
    elif BEHAVIOUR == "empty":
        await socket.send(pack({"actions": np.zeros((0, COLUMNS), np.float32)}))
    elif BEHAVIOUR == "traceback":
        await socket.send("Traceback (most recent call last):\nValueError: the model is on fire")
        await socket.close(1011)
    elif BEHAVIOUR == "close":
        await socket.close()
    elif BEHAVIOUR == "vanish":
        socket.transport.abort()
    elif BEHAVIOUR == "chatter":
        for _ in range(100):
            await socket.send(pack({"actions": rows()}))
    else:
        raise ValueError(BEHAVIOUR)
    return True


async def talk(socket, *_):
    state = Logged()
    log = open(LOG, "a", encoding="utf-8") if LOG else None
    roboarena = os.environ.get("PEER_DIALECT") == "roboarena"
    await socket.send(pack({"n_external_cameras": int(os.environ.get("PEER_CAMERAS", "0")), "needs_session_id": True}
                           if roboarena else {}))
    async for message in socket:
        came = time.monotonic_ns()
        observation = unpack(message)
        assert all(isinstance(key, str) for key in observation), observation
        if roboarena:
            assert observation["session_id"]
            if observation["endpoint"] == "reset":
                await socket.send("reset successful")
                continue
            assert observation["endpoint"] == "infer"
        if await misbehave(socket, state.number + 1):
            continue
        state_array = observation["state"]
        assert isinstance(state_array, np.ndarray) and state_array.dtype == np.float32 and state_array.ndim == 1
        assert isinstance(observation["prompt"], str) and observation["prompt"]
        delay = state.delay()
        if BEHAVIOUR in ("talk", "refuse", "babble"):
            await socket.send(pack(converse(observation, state.number)))
            continue
        await asyncio.sleep(max(0.0, delay - (time.monotonic_ns() - came) * 1e-9))
        answer = pack({"actions": rows(1 if LOG else 5), "server_timing": {"infer_ms": delay * 1e3}})
        left = time.monotonic_ns()
        await socket.send(answer)
        if log:
            log.write(json.dumps({"came_ns": came, "left_ns": left}) + "\n")
            log.flush()


class Http(http.server.BaseHTTPRequestHandler):
    protocol_version, number = "HTTP/1.1", 0

    def reply(self, code, body):
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply(200, b"OK\n")

    def do_POST(self):
        words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/begin":
            assert words["schema"] == "assay.policy/1" and words["columns"] == COLUMNS
            Http.number = 0
            return self.reply(200, b"{}")
        assert self.path == "/v1/act" and len(words["observation"]["state"]) > 0
        if BEHAVIOUR == "stall":
            time.sleep(3600)
        if BEHAVIOUR in ("talk", "refuse", "babble"):
            Http.number += 1
            return self.reply(200, json.dumps(converse(words["observation"], Http.number)).encode())
        bodies = {"good": {"actions": rows().tolist()}, "shape": {"actions": [[1]]}, "empty": {}}
        self.reply(200, json.dumps(bodies[BEHAVIOUR]).encode() if BEHAVIOUR in bodies else b"garbage")

    def log_message(self, *_):
        pass


async def serve():
    tls = None
    if "PEER_CERT" in os.environ:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(os.environ["PEER_CERT"], os.environ["PEER_KEY"])
    async with websockets.serve(talk, "127.0.0.1", 0, ssl=tls, compression=None, max_size=None, ping_interval=1,
                                ping_timeout=2) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    if "--http" in sys.argv:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Http)
        server.daemon_threads = True
        print(server.server_port, flush=True)
        server.serve_forever()
    else:
        asyncio.run(serve())
