#!/usr/bin/env python3
"""Writes a recording like that of a bench for joint modules (commanded angle, encoder, reference instrument at the output) with
known errors, and prints the subject file that has it judged. What was put in goes to stderr. Python's standard library alone.

    python3 joint_bench.py FOLDER [--trials 30] [--backlash-mrad 0.4] [--spread-mrad 0.05] [--lag-s 0.004] > subject.yaml
"""
import argparse
import math
import os
import random
import sys

RATE_HZ, REST_S, ROUNDS, NOISE_MRAD = 100, 1.0, 5, 0.002
ANGLES_DEG = [-90, -45, 0, 45, 90]


def write(path, said, rng):
    speed = said.speed_rad_s
    with open(path, "w", encoding="utf-8") as out:
        out.write("# recorded by docs/examples/joint_bench.py; the instrument's zero aligned with the joint's\n")
        out.write("time [s],command [rad],encoder [rad],output [rad],trial\n")
        row = 0
        for trial in range(1, said.trials + 1):
            here, direction, spread = 0.0, 1, 0.0
            ups = [math.radians(a) for a in ANGLES_DEG]
            for goal in [ups[0]] + (ups[1:] + ups[-2::-1]) * ROUNDS + [0.0]:
                sign = 1 if goal > here else -1
                before, direction = direction, sign
                old, spread = spread, rng.gauss(0, said.spread_mrad)  # drawn anew for each arrival
                move_s = abs(goal - here) / speed
                for i in range(round((move_s + REST_S) * RATE_HZ)):
                    t = i / RATE_HZ
                    command = here + sign * min(speed * t, abs(goal - here))
                    late = t - said.lag_s  # the output is where the command was; flanks change when it sets off
                    output = here + sign * min(speed * max(0.0, late), abs(goal - here))
                    flank, off = (direction, spread) if late > 0 else (before, old)
                    output = 1000 * output - flank * said.backlash_mrad / 2 + off + rng.gauss(0, NOISE_MRAD)
                    encoder = output + said.encoder_mrad * math.sin(output / 1000)
                    out.write(f"{row / RATE_HZ:.2f},{command:.8f},{encoder / 1000:.8f},{output / 1000:.8f},{trial}\n")
                    row += 1
                here = goal


def main():
    words = argparse.ArgumentParser()
    words.add_argument("folder")
    words.add_argument("--trials", type=int, default=30)
    words.add_argument("--level", type=int, default=1)
    words.add_argument("--speed-rad-s", type=float, default=0.5)
    words.add_argument("--backlash-mrad", type=float, default=0.4, help="between the two flanks")
    words.add_argument("--spread-mrad", type=float, default=0.05, help="standard deviation of each arrival")
    words.add_argument("--encoder-mrad", type=float, default=0.3, help="amplitude of the encoder's error over a turn")
    words.add_argument("--lag-s", type=float, default=0.004, help="of the output behind the command")
    said = words.parse_args()
    os.makedirs(said.folder, exist_ok=True)
    write(os.path.join(said.folder, "joint_module.csv"), said, random.Random("joint_module"))
    print(f"put in: backlash {said.backlash_mrad} mrad; 3 sigma of an arrival {3 * said.spread_mrad:.3f} mrad; encoder off by up to "
          f"{said.encoder_mrad} mrad; lag {1000 * said.lag_s * said.speed_rad_s:.3f} mrad and half the backlash while it moves",
          file=sys.stderr)
    print(f"""schema: assay.subject/1
id: recorded-joint
title: {{en: "Joint module recorded on a bench", zh: "台架记录的关节模组"}}
vendor: Example
model: joint_module
class: industrial
kind: robot
scope: joint_module
declared_level: {said.level}
embodiment: joint_module
robot:
  adapter: recorded
  recorded:
    tasks:
      motion/joint_module: {said.folder}/joint_module.csv
    time: {{column: "time [s]", unit: s}}
    trials: {{column: trial}}
    channels:
      - {{name: joint.command, column: "command [rad]", unit: rad}}
      - {{name: joint.encoder, column: "encoder [rad]", unit: rad}}
      - {{name: joint.output, column: "output [rad]", unit: rad}}
    max_gap_s: 0.05
    instrument: {{model: "simulated angle encoder", serial: "0"}}
policy: {{id: recording}}""")


if __name__ == "__main__":
    main()
