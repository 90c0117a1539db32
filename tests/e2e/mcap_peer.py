"""mcap_peer.py FROM.csv TO.mcap zstd|none|lz4: a tracker's CSV as ROS 2 messages, by an MCAP writer that is not ours. Started
with the Python of a venv that has `mcap`. CDR by struct: geometry_msgs/msg/PoseStamped, std_msgs/msg/Int32 for the trial."""
import csv
import struct
import sys

from mcap.writer import CompressionType, Writer

POSE = """std_msgs/Header header
geometry_msgs/Pose pose
================================================================================
MSG: std_msgs/Header
# Two-integer timestamp
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
================================================================================
MSG: geometry_msgs/Pose
Point position
Quaternion orientation
================================================================================
MSG: geometry_msgs/Point
float64 x
float64 y
float64 z
================================================================================
MSG: geometry_msgs/Quaternion
float64 x 0
float64 y 0
float64 z 0
float64 w 1
"""
START_NS = 1_750_000_000_000_000_000


def main(source, target, compression):
    with open(source, encoding="utf-8") as lines, open(target, "wb") as out:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        # Small chunks: many of them, and topics that go across.
        writer = Writer(out, chunk_size=64 << 10, compression=CompressionType[compression.upper()])
        writer.start(profile="ros2", library="mcap_peer")
        pose = writer.register_channel("/tracker", "cdr", writer.register_schema(
            "geometry_msgs/msg/PoseStamped", "ros2msg", POSE.encode()))
        trial = writer.register_channel("/trial", "cdr", writer.register_schema("std_msgs/msg/Int32", "ros2msg", b"int32 data\n"))
        known = None
        for row in rows:
            at_ns = START_NS + round(float(row["time [s]"]) * 1e9)
            if row["trial"] != known:
                known = row["trial"]
                writer.add_message(trial, at_ns - 1, struct.pack("<4si", b"\0\1\0\0", int(known)), at_ns - 1)
            sec, nanosec = divmod(at_ns, 10**9)
            # After the five letters and NUL of "track" three bytes pad to the next double.
            data = struct.pack("<4siII6s6x7d", b"\0\1\0\0", sec, nanosec, 6, b"track\0",
                               float(row["x [mm]"]), float(row["y [mm]"]), float(row["z [mm]"]), 0, 1, 0, 0)
            writer.add_message(pose, at_ns, data, at_ns)
        writer.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
