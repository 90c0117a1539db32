"""A policy that decides by what it sees: openpi's wire, a picture in, a move of the hand out. It finds the red thing by its
colour, works out where on the table that is, and moves the tool above it. Prints its port; logs what it saw."""
import asyncio
import hashlib
import json
import math
import os
import struct
import sys
import zlib

import numpy as np
import websockets

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "docs", "examples"))
from policy_server import pack, unpack  # noqa: E402

# The camera "front" of arm7, in the frame of the arm's base: suites/catalog/embodiments/arm7/arm7.xml.
AT = np.array([0.95, 0.0, 0.75])
RIGHT, UP = np.array([0.0, 1.0, 0.0]), np.array([-math.sqrt(0.5), 0.0, math.sqrt(0.5)])
AHEAD = -np.cross(RIGHT, UP)
FOVY = math.radians(55)
LOG, PICTURE = os.environ["PEER_LOG"], os.environ.get("PEER_PICTURE", "")


def png(image):
    height, width, _ = image.shape
    rows = b"".join(b"\0" + image[y].tobytes() for y in range(height))

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))


def red_centroid(image):
    r, g, b = (image[:, :, k].astype(int) for k in range(3))
    red = (r > 70) & (r > 2.2 * g) & (r > 2.2 * b)
    rows = np.flatnonzero(red.any(axis=1))
    # Red things on the shelf behind are seen higher up and are smaller: the largest band of rows counts.
    bands = np.split(rows, np.flatnonzero(np.diff(rows) > 3) + 1)
    band = max(bands, key=lambda some: int(red[some].sum()))
    y, x = np.nonzero(red & np.isin(np.arange(red.shape[0]), band)[:, None])
    return (float(x.mean() + 0.5), float(y.mean() + 0.5), len(x)) if len(x) else (0.0, 0.0, 0)


def on_plane(u, v, width, height, z):
    focal = height / 2 / math.tan(FOVY / 2)
    ray = AHEAD + RIGHT * (u - width / 2) / focal - UP * (v - height / 2) / focal
    return AT + ray * (z - AT[2]) / ray[2]


async def talk(socket, *_):
    await socket.send(pack({}))
    number = 0
    async for message in socket:
        seen = unpack(message)
        image, tcp = seen["observation/image"], np.asarray(seen["observation/state"], float)
        assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3, (image.dtype, image.shape)
        number += 1
        if PICTURE and number == 1:
            with open(PICTURE, "wb") as out:
                out.write(png(image))
        u, v, pixels = red_centroid(image)
        step = np.zeros(6)
        if pixels > 15:
            goal = on_plane(u, v, image.shape[1], image.shape[0], 0.03)
            goal[2] = 0.25
            way = goal - tcp
            step[:3] = way * min(1.0, 0.05 / max(1e-9, float(np.linalg.norm(way))))
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(json.dumps({"number": number, "u": u, "v": v, "pixels": pixels, "shape": list(image.shape),
                                  "sha256": hashlib.sha256(image.tobytes()).hexdigest(), "tcp": list(tcp)}) + "\n")
        await socket.send(pack({"actions": step.astype(np.float32)[None, :]}))


async def serve():
    async with websockets.serve(talk, "127.0.0.1", 0, compression=None, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(serve())
