#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A sweep that is killed (SIGKILL) again and again ends with what an undisturbed one gives, and runs no point twice."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

from support import PROGRAM, TINY, ProgramTest

POINTS = int(os.environ.get("PRISM_SWEEP_POINTS", "200"))
KILLS = 3


class ResumeTest(ProgramTest):
    def specification(self):
        return self.write("spec.json", {
            "base": str(TINY),
            "set": {"workload.steps": 1, "workload.context_tokens": 256, "workload.model.layers": 1,
                    "workload.model.vocabulary": 64},
            "axes": {"policy.name": ["dense", "prism"], "policy.k": [1, 2]},
            "seeds": POINTS // 4,
        })

    def start(self, out):
        return subprocess.Popen([PROGRAM, "sweep", "spec.json", "--out", out, "--jobs", "2"], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finished(self, out):
        """When each result was made."""
        return {path.parent.name: path.stat().st_mtime_ns for path in (self.folder / out / "cache").glob("*/outcome.json")}

    def await_results(self, process, out, count):
        while process.poll() is None and len(self.finished(out)) < count:
            time.sleep(0.005)

    def reports(self, out):
        found = {}
        for path in (self.folder / out).glob("*/report.json"):
            report = json.loads(path.read_text())
            del report["simulation"]
            found[path.parent.name] = report
        return found

    def test_killed_sweep_resumes(self):
        self.specification()
        undisturbed = self.start("whole")
        output, errors = undisturbed.communicate()
        self.assertEqual(undisturbed.returncode, 0, errors)

        chance = random.Random(1)
        moments = sorted(chance.sample(range(POINTS // 20, POINTS * 9 // 10), KILLS))
        made = {}
        for moment in moments:
            sweep = self.start("broken")
            self.await_results(sweep, "broken", moment)
            time.sleep(chance.random() * 0.02)
            sweep.kill()
            sweep.communicate()
            self.assertEqual(sweep.returncode, -signal.SIGKILL)
            now = self.finished("broken")
            self.assertLessEqual(made.items(), now.items(), "a result was made a second time")
            self.assertGreaterEqual(len(now), moment)
            made = now
        last = self.start("broken")
        resumed, errors = last.communicate()
        self.assertEqual(last.returncode, 0, errors)
        self.assertIn(f"{len(made)} of {POINTS} points had a result already", errors)
        self.assertLessEqual(made.items(), self.finished("broken").items())

        self.assertEqual(resumed.replace("broken", "whole"), output)
        for name in ("sweep.csv", "sweep.json", "sweep.html"):
            self.assertEqual((self.folder / "broken" / name).read_bytes(), (self.folder / "whole" / name).read_bytes(), name)
        self.assertEqual(self.reports("broken"), self.reports("whole"))
        self.assertEqual(len(self.reports("broken")), POINTS)
        self.assertEqual(list((self.folder / "broken/cache/running").iterdir()), [], "leftovers of the killed ones")

    def test_workers_die_with_their_sweep(self):
        self.write("spec.json", {"base": str(TINY), "axes": {"workload.steps": [4000, 4001]}})
        sweep = self.start("slow")
        folders = self.folder / "slow/cache/running"
        while sweep.poll() is None and len(list(folders.glob("*/run.log"))) < 2:
            time.sleep(0.005)
        workers = self.children(sweep.pid)
        self.assertEqual(len(workers), 2)
        sweep.kill()
        sweep.communicate()
        deadline = time.monotonic() + 10
        while any(self.is_running(worker) for worker in workers):
            self.assertLess(time.monotonic(), deadline, "a worker goes on")
            time.sleep(0.01)

    @staticmethod
    def children(process):
        return [int(pid) for pid in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]

    @staticmethod
    def is_running(process):
        try:
            return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False


if __name__ == "__main__":
    unittest.main()
