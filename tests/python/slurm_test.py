#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/slurm/sweep.sbatch on a real Slurm, with a worker killed half-way."""
import os
import subprocess
import tempfile
import unittest

import cluster
from support import PROGRAM, SOURCE, TINY, ProgramTest, skip_all

SCRIPT = SOURCE / "scripts/slurm/sweep.sbatch"
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "NODE_FAIL", "TIMEOUT", "OUT_OF_MEMORY"}


class SlurmTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="prism-slurm-")
        cls.addClassCleanup(temporary.cleanup)
        cls.cluster = cluster.Cluster(temporary.name, cpus=2)
        cls.addClassCleanup(cls.cluster.stop)

    def setUp(self):
        super().setUp()
        self.specification = self.write("spec.json", {
            "base": str(TINY), "set": {"workload.steps": 20},
            "axes": {"policy.name": ["dense", "prism"], "policy.k": [1, 2, 4]}, "seeds": 4})
        self.cluster.environment["PRISM_VP"] = PROGRAM

    def submit(self, tasks):
        return self.cluster.call(SCRIPT, self.specification, self.folder / "out", tasks, "--cpus-per-task=1").split()

    def results(self):
        return len(list((self.folder / "out/cache").glob("*/outcome.json")))

    def wait_for_end(self, job):
        self.cluster.wait_for(f"end of job {job}", lambda: set(self.cluster.states(job).values()) <= ENDED, 300)

    def check_merged(self, last):
        self.wait_for_end(last)
        log = (self.folder / f"out/slurm/{last}.log").read_text()
        self.assertEqual(list(self.cluster.states(last).values()), ["COMPLETED"], log)
        self.run_program("sweep", self.specification, "--out", "here", "--quiet")
        for name in ("sweep.csv", "sweep.json"):
            self.assertEqual((self.folder / "out" / name).read_bytes(), (self.folder / "here" / name).read_bytes(), name)

    def test_array_and_merge(self):
        array, last = self.submit(2)
        self.check_merged(last)
        self.assertEqual(self.cluster.states(array), {"1": "COMPLETED", "2": "COMPLETED"})
        log = (self.folder / f"out/slurm/{last}.log").read_text()
        self.assertIn("24 of 24 points had a result already", log, "the tasks have run all")

    def test_a_worker_killed_half_way(self):
        array, last = self.submit(2)
        self.cluster.wait_for("a third of the results", lambda: self.results() >= 8, 300)
        self.cluster.call("scancel", "--signal=KILL", "--full", f"{array}_1")
        self.check_merged(last)
        states = self.cluster.states(array)
        self.assertEqual(states["2"], "COMPLETED")
        self.assertNotEqual(states["1"], "COMPLETED")
        log = (self.folder / f"out/slurm/{last}.log").read_text()
        self.assertRegex(log, r"\d+ of 24 points had a result already")
        self.assertNotIn("24 of 24 points", log, "the last job has run what was left")

    def test_wrong_use(self):
        done = subprocess.run([SCRIPT, self.specification, "out"], capture_output=True, text=True, check=False,
                              env={key: value for key, value in os.environ.items() if key != "SLURM_JOB_ID"})
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage: scripts/slurm/sweep.sbatch SPEC OUT TASKS", done.stderr)


if __name__ == "__main__":
    missing = [name for name in cluster.DAEMONS if cluster.find_daemon(name) is None]
    if missing:
        skip_all(f"no {', '.join(missing)} (scripts/setup.sh --slurm installs them)")
    unittest.main()
