#!/usr/bin/env python3
"""An openpi server to copy: WebSocket, msgpack with numpy's arrays. Needs python3-websockets, -msgpack, -numpy.

    python3 policy_server.py --port 8000                 # drives a mobile base slowly ahead
    python3 policy_server.py --port 8000 --dialect roboarena

Put your policy's call where `infer` is. It gets the observation as a dictionary of arrays and texts, and returns rows of
numbers: what each column commands stands under `spaces` in the subject file.
"""
import argparse
import asyncio
import functools

import msgpack
import numpy as np
import websockets


def pack_array(obj):
    if isinstance(obj, np.ndarray):
        if obj.dtype.kind in ("V", "O", "c"):
            raise ValueError(f"unsupported dtype {obj.dtype}")
        return {b"__ndarray__": True, b"data": obj.tobytes(), b"dtype": obj.dtype.str, b"shape": obj.shape}
    if isinstance(obj, np.generic):
        return {b"__npgeneric__": True, b"data": obj.item(), b"dtype": obj.dtype.str}
    return obj


def unpack_array(obj):
    if b"__ndarray__" in obj:
        return np.ndarray(buffer=obj[b"data"], dtype=np.dtype(obj[b"dtype"]), shape=obj[b"shape"])
    return obj


pack = functools.partial(msgpack.packb, default=pack_array)
unpack = functools.partial(msgpack.unpackb, object_hook=unpack_array)


class Policy:
    """Ten rows of (forward m/s, yaw rad/s)."""

    def reset(self):
        pass

    def infer(self, observation):
        return np.tile(np.array([0.3, 0.0], dtype=np.float32), (10, 1))


async def talk(socket, policy, dialect):
    metadata = {"n_external_cameras": 0, "needs_wrist_camera": False, "needs_session_id": False} \
        if dialect == "roboarena" else {}
    await socket.send(pack(metadata))
    policy.reset()
    async for message in socket:
        observation = unpack(message)
        if dialect == "roboarena" and observation.pop("endpoint") == "reset":
            policy.reset()
            await socket.send("reset successful")
            continue
        await socket.send(pack({"actions": policy.infer(observation)}))


async def main():
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, default=8000)
    words.add_argument("--dialect", choices=["openpi", "roboarena"], default="openpi")
    said = words.parse_args()
    async with websockets.serve(lambda socket, *_: talk(socket, Policy(), said.dialect), "127.0.0.1", said.port,
                                compression=None, max_size=None) as server:
        print("serving", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
