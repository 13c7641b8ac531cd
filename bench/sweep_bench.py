#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How a sweep scales with --jobs, and what a timeline costs.

usage: bench/sweep_bench.py [PRISM_VP] [ROUNDS]     (default: build/release/prism-vp, 3) on an otherwise idle machine"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/prism-vp").resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3


def seconds(*arguments):
    begun = time.monotonic()
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def best(name, measure):
    result = min(measure(i) for i in range(ROUNDS))
    print(f"{name:34}{result:8.2f} s")
    return result


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        spec = folder / "spec.json"
        spec.write_text(json.dumps({"base": str(ROOT / "configs/tiny.json"), "set": {"workload.steps": 6},
                                    "axes": {"policy.name": ["dense", "prism"], "policy.k": [1, 2, 4, 8]}, "seeds": 25}))
        one, two = (best(f"sweep of 200 points, --jobs {jobs}",
                         lambda i, jobs=jobs: seconds("sweep", spec, "--jobs", jobs, "--out", folder / f"{jobs}_{i}"))
                    for jobs in (1, 2))
        print(f"{'speed-up':34}{one / two:8.2f} x")
        for detail in ("none", "phases", "transactions"):
            best(f"decode of 64K, --timeline {detail}",
                 lambda _, detail=detail: seconds("run", ROOT / "configs/decode_64k.json", "--threads", 1, "--quiet", "--json-only",
                                                  "--timeline", detail, "--out", folder / detail))


if __name__ == "__main__":
    main()
