"""mcap_independent_reader.py MCAP_DUMP FOLDER

Writes traces with MCAP_DUMP and reads them with the official Python packages `mcap` and
`mcap-ros2-support`; every value must have the recorded bits. Skips (77) where these cannot be had.
"""

import os
import struct
import subprocess
import sys
import venv

PACKAGES = ["mcap>=1.1,<2", "mcap-ros2-support>=0.5,<1"]


def python_with_packages(folder):
    """The venv's interpreter, or None where no registry can be reached."""
    python = os.path.join(folder, "venv", "bin", "python")
    probe = [python, "-c", "import mcap.reader, mcap_ros2.decoder"]
    if os.path.exists(python) and subprocess.run(probe, capture_output=True).returncode == 0:
        return python
    try:
        venv.create(os.path.join(folder, "venv"), with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        install += ["--timeout", "20", "--retries", "1", *PACKAGES]
        done = subprocess.run(install, capture_output=True, text=True, timeout=180)
    except (OSError, subprocess.SubprocessError) as error:
        print("skipped: no Python packages:", error)
        return None
    if done.returncode != 0:
        print("skipped: pip cannot install", PACKAGES, "\n", done.stderr.strip()[-500:])
        return None
    return python


def unhex(text):
    return b"" if text == "-" else bytes.fromhex(text)


def recorded(path):
    metadata, streams, events = {}, [], []
    for line in open(path, encoding="ascii"):
        kind, *rest = line.split()
        if kind == "metadata":
            metadata[unhex(rest[0]).decode()] = unhex(rest[1]).decode()
        elif kind == "stream":
            streams.append((unhex(rest[0]).decode(), int(rest[1]), []))
        elif kind == "row":
            streams[-1][2].append((int(rest[0]), [int(bits, 16) for bits in rest[1:]]))
        elif kind == "event":
            events.append((rest[0], int(rest[1]), unhex(rest[2]).decode(), unhex(rest[3]).decode()))
    return metadata, streams, events


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def compare(base):
    from mcap.reader import NonSeekingReader, SeekingReader
    from mcap_ros2.decoder import DecoderFactory

    metadata, streams, events = recorded(base + ".txt")
    values = 0
    options = {"decoder_factories": [DecoderFactory()], "validate_crcs": True}
    with open(base + ".mcap", "rb") as file:
        reader = SeekingReader(file, **options)
        summary = reader.get_summary()
        check(reader.get_header().profile == "ros2", "profile")
        check({m.name: dict(m.metadata) for m in reader.iter_metadata()} == {"assay": metadata}, "metadata")
    channels = summary.channels
    check([channels[i].topic for i in sorted(channels)] ==
          ["/events", "/events_wall"] + [topic for topic, _, _ in streams], "topics")
    # By the index, and again from front to back without it.
    for kind in (SeekingReader, NonSeekingReader):
        got = {i: [] for i in channels}
        last = 0
        with open(base + ".mcap", "rb") as file:
            reader = kind(file, **options)
            # In file order, which must be time's order.
            for schema, channel, message, decoded in reader.iter_decoded_messages(log_time_order=False):
                check(schema.encoding == "ros2msg" and channel.message_encoding == "cdr", "encodings")
                check(message.log_time >= last, "log times go forward")
                last = message.log_time
                got[channel.id].append((message, decoded))
        for index, (topic, width, rows) in enumerate(streams):
            messages = got[index + 3]
            check(len(messages) == len(rows), f"{topic}: {len(messages)} rows instead of {len(rows)}")
            for (message, decoded), (t_ns, want) in zip(messages, rows):
                fields = list(decoded.__slots__)
                check(fields[0] == "t_ns" and len(fields) == width + 1, f"{topic}: fields {fields}")
                check(decoded.t_ns == t_ns and message.log_time == max(0, t_ns), f"{topic}: time {t_ns}")
                # The decoder hands over Python floats; the bytes behind them are compared too.
                bits = [struct.unpack("<Q", struct.pack("<d", getattr(decoded, f)))[0] for f in fields[1:]]
                check(bits == want, f"{topic} at {t_ns}: {bits} instead of {want}")
                check(message.data[12:] == struct.pack(f"<{width}Q", *want), f"{topic} at {t_ns}: bytes")
                values += width
        told = sorted((m.sequence, channels[i].topic, d.t_ns, d.code, d.detail) for i in (1, 2) for m, d in got[i])
        check([e[1:] for e in told] == events, f"events {told}")
        check(summary.statistics.message_count == sum(map(len, got.values())), "statistics")
        check(summary.statistics.channel_message_counts == {i: len(m) for i, m in got.items()}, "counts")
    print(f"{os.path.basename(base)}: {values} values equal, bit for bit")


def main():
    if sys.argv[1] == "--compare":
        for base in sys.argv[2:]:
            compare(base)
        return 0
    dump, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    subprocess.run([dump, folder], check=True, timeout=60)
    python = python_with_packages(folder)
    if python is None:
        return 77
    bases = [os.path.join(folder, name) for name in ("awkward", "long", "empty")]
    return subprocess.run([python, os.path.abspath(__file__), "--compare", *bases], timeout=120).returncode


sys.exit(main())
