#!/usr/bin/env python3
"""Writes recordings like a laser tracker's, of an arm that goes through the programmes of the motion suite, and prints the
subject file that has them judged. Python's standard library alone.

    python3 laser_tracker.py FOLDER [--trials 15] [--offset-mm 0.3] [--spread-mm 0.05] > subject.yaml
"""
import argparse
import math
import os
import random

RATE_HZ, SPEED_MM_S, ACCELERATION_MM_S2, DWELL_S, NOISE_MM = 100, 100.0, 2000.0, 0.5, 0.002
POSES = {"pose_1": (450, 0, 300), "pose_2": (354, 96, 204), "pose_3": (354, -96, 204), "pose_4": (546, -96, 396),
         "pose_5": (546, 96, 396), "corner": (546, -96, 204)}
PROGRAMMES = {"pose_cycle": (30, ["pose_5", "pose_4", "pose_3", "pose_2", "pose_1"]),
              "path_legs": (10, ["pose_2", "pose_5", "pose_3", "corner", "pose_4"])}


def leg(length):
    """Distance covered over time on one straight way."""
    t_up = SPEED_MM_S / ACCELERATION_MM_S2
    d_up = SPEED_MM_S * t_up / 2
    cruise_s = (length - 2 * d_up) / SPEED_MM_S
    total_s = 2 * t_up + cruise_s

    def at(t):
        if t < t_up:
            return ACCELERATION_MM_S2 * t * t / 2
        if t < t_up + cruise_s:
            return d_up + SPEED_MM_S * (t - t_up)
        left = max(0.0, total_s - t)
        return length - ACCELERATION_MM_S2 * left * left / 2
    return total_s, at


def write(path, cycles, poses, said, rng):
    with open(path, "w", encoding="utf-8") as out:
        out.write("# recorded by docs/examples/laser_tracker.py; x, y, z in the frame of the arm's base\n")
        out.write("time [s],x [mm],y [mm],z [mm],trial\n")
        row = 0
        for trial in range(1, said.trials + 1):
            here = (450.0, 0.0, 380.0)
            for pose in poses * cycles + [None]:
                goal = here if pose is None else tuple(
                    c + (said.offset_mm if k == 0 else 0) + rng.gauss(0, said.spread_mm) for k, c in enumerate(POSES[pose]))
                length = math.dist(here, goal)
                total_s, at = leg(length) if length > 0 else (0.0, None)
                dwell_s = 0.0 if pose == "corner" else DWELL_S
                for i in range(round((total_s + dwell_s) * RATE_HZ)):
                    t = i / RATE_HZ
                    share = at(t) / length if at and t < total_s else 1.0
                    xyz = [a + (b - a) * share + rng.gauss(0, NOISE_MM) for a, b in zip(here, goal)]
                    out.write(f"{row / RATE_HZ:.2f},{xyz[0]:.4f},{xyz[1]:.4f},{xyz[2]:.4f},{trial}\n")
                    row += 1
                here = goal


def main():
    words = argparse.ArgumentParser()
    words.add_argument("folder")
    words.add_argument("--trials", type=int, default=15)
    words.add_argument("--offset-mm", type=float, default=0.3, help="every pose is off by this in x")
    words.add_argument("--spread-mm", type=float, default=0.05, help="standard deviation per axis of each arrival")
    said = words.parse_args()
    os.makedirs(said.folder, exist_ok=True)
    for name, (cycles, poses) in PROGRAMMES.items():
        write(os.path.join(said.folder, name + ".csv"), cycles, poses, said, random.Random(name))
    fixed = "\n".join(f"      {name}: [{x / 1000}, {y / 1000}, {z / 1000}]" for name, (x, y, z) in POSES.items())
    print(f"""schema: assay.subject/1
id: tracker-arm
title: {{en: "Arm recorded by a laser tracker", zh: "激光跟踪仪记录的机械臂"}}
vendor: Example
model: arm7
class: industrial
kind: robot
scope: motion
declared_level: 1
embodiment: arm7
robot:
  adapter: recorded
  recorded:
    tasks:
      motion/pose_cycle: {said.folder}/pose_cycle.csv
      motion/path_legs: {said.folder}/path_legs.csv
    time: {{column: "time [s]", unit: s}}
    trials: {{column: trial}}
    channels:
      - {{name: robot.tcp.x_m, column: "x [mm]", from_unit: mm, unit: m}}
      - {{name: robot.tcp.y_m, column: "y [mm]", from_unit: mm, unit: m}}
      - {{name: robot.tcp.z_m, column: "z [mm]", from_unit: mm, unit: m}}
    fixed:
      robot.base: [0, 0, 0]
{fixed}
    orientation: {{robot.tcp: [0, 1, 0, 0]}}
    max_gap_s: 0.05
    instrument: {{model: "simulated tracker", serial: "0"}}
policy: {{id: recording}}""")


if __name__ == "__main__":
    main()
