#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the tables of docs/memory.md: the HBM model against other simulators, and `fast` against `detailed`.

Needs nothing but the Python standard library and a built prism-vp.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "configs" / "hbm"
# Those that extend another set it up as one other simulator has it.
PRESETS = sorted(file.stem for file in FOLDER.glob("*.json") if "extends" not in json.loads(file.read_text()))

# Whole systems; bandwidth limits of the acceptance tests in percent.
PATTERNS = [
    ("seq", ["--pattern", "seq"], 2.0),
    ("seq, 32 KiB requests", ["--pattern", "seq", "--request-bytes", "32K"], 2.0),
    ("blocks", ["--pattern", "blocks"], 2.0),
    ("blocks, 32 KiB requests", ["--pattern", "blocks", "--request-bytes", "32K"], 2.0),
    ("random", ["--pattern", "random"], 5.0),
    ("mixed, 30 % writes", ["--pattern", "mixed"], 5.0),
]

DRAMSYS = ["hbm2_2gbps_dramsys"]
RAMULATOR_HBM3 = ["hbm3_6400_ramulator"]


def micro(address):
    """65 536 reads as a trace; address(i) follows the order of bits of the DRAMSys preset."""
    return "".join(f"0: read {address(i):#x}\n" for i in range(65536))


# What the others reach, measured with the same configuration and traffic: name, GB/s, arguments, trace.
RIVALS = [
    ("DRAMSys 5.5 HBM2, seq", 29.69, DRAMSYS, None),
    ("DRAMSys 5.5 HBM2, blocks of 32 KiB", 29.60, DRAMSYS + ["--pattern", "blocks"], None),
    ("Ramulator 2.1 HBM2 with DRAMSys's timings, seq", 29.66, DRAMSYS, None),
    ("Ramulator 2.1 HBM2 with DRAMSys's timings, blocks of 32 KiB", 29.42, DRAMSYS + ["--pattern", "blocks"], None),
    ("Ramulator 2.1 HBM3 6400, seq", 42.0, RAMULATOR_HBM3, None),
    ("one pseudo-channel, 4 bank groups in turn, row hits (tCCD_S)", 16.00, DRAMSYS + ["--refresh", "none"],
     lambda i: i % 4 << 6 | i // 4 % 32 << 11),
    ("one pseudo-channel, one bank group, row hits (tCCD_L)", 10.66, DRAMSYS + ["--refresh", "none"],
     lambda i: i % 32 << 11),
    ("both pseudo-channels, row hits (peak)", 31.98, DRAMSYS + ["--refresh", "none"],
     lambda i: i % 2 << 5 | i // 2 % 4 << 6 | i // 8 % 32 << 11),
    ("one bank, a new row each time (tRC)", 0.76, DRAMSYS + ["--refresh", "none"], lambda i: i % 32768 << 16),
]


class Program:
    def __init__(self, path, folder):
        self.path = path
        self.folder = pathlib.Path(folder)

    def measure(self, arguments):
        figures = self.folder / "figures.json"
        call = [self.path, "memory", *arguments, "--quiet", "--json", str(figures)]
        done = subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(call)}: exit status {done.returncode}: {done.stderr.strip()}")
        return json.loads(figures.read_text())


def against_rivals(program, fidelity):
    print(f"| case | theirs, GB/s | `{fidelity}`, GB/s | deviation |")
    print("|---|---|---|---|")
    for name, theirs, arguments, address in RIVALS:
        call = [*arguments, "--fidelity", fidelity]
        if address is not None:
            trace = program.folder / "micro.txt"
            trace.write_text(micro(address))
            call += ["--trace", str(trace)]
        ours = program.measure(call)["achieved_gbps"]
        print(f"| {name} | {theirs:.2f} | {ours:.2f} | {100 * (ours / theirs - 1):+.2f} % |")


def fast_against_detailed(program, mebibytes, changes):
    print("| preset | pattern | `detailed`, GB/s | of the peak | `fast`, GB/s | deviation | limit |")
    print("|---|---|---|---|---|---|---|")
    beyond = 0
    for preset in PRESETS:
        for name, arguments, limit in PATTERNS:
            request = 32 * 1024 if "--request-bytes" in arguments else 32
            call = [preset, *arguments, "--requests", str(mebibytes * 1024 * 1024 // request), *changes]
            detailed = program.measure([*call, "--fidelity", "detailed"])
            fast = program.measure([*call, "--fidelity", "fast"])["achieved_gbps"]
            bandwidth = detailed["achieved_gbps"]
            deviation = 100 * (fast / bandwidth - 1)
            mark = "" if abs(deviation) <= limit else " (!)"
            beyond += abs(deviation) > limit
            print(f"| {preset} | {name} | {bandwidth:.1f} | {100 * bandwidth / detailed['peak_gbps']:.1f} % | "
                  f"{fast:.1f} | {deviation:+.1f} %{mark} | {limit:.0f} % |", flush=True)
    return beyond


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="path of prism-vp")
    parser.add_argument("--mebibytes", type=int, default=64, help="data moved in each measurement (default: 64)")
    parser.add_argument("--channels", help="channels of each stack (default: all)")
    parser.add_argument("--refresh", help="none, all_bank or per_bank (default: each preset's)")
    arguments = parser.parse_args()
    changes = ["--channels", arguments.channels] if arguments.channels else []
    changes += ["--refresh", arguments.refresh] if arguments.refresh else []
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments.program, folder)
        print("Against other simulators:\n")
        against_rivals(program, "detailed")
        print("\n`fast` against `detailed`:\n")
        beyond = fast_against_detailed(program, arguments.mebibytes, changes)
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
