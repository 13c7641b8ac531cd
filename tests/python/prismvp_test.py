#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Python package: results, runs, and errors."""
import csv
import importlib.util
import unittest

from support import PROGRAM, TINY, ProgramTest

import prismvp

FAST = {"workload.steps": 1, "workload.context_tokens": 512}


class PackageTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.program = prismvp.Program(PROGRAM)

    def test_runs_a_file(self):
        report = self.program.run(TINY, FAST | {"policy.k": 2}, out=self.folder / "a")
        data = self.read_json("a/report.json")
        self.assertEqual(report.data, data)
        self.assertEqual(report.policy, "prism")
        self.assertEqual(report.steps, 1)
        # Two blocks of 128 tokens, keys and values of 64 bf16, two layers of two heads; and the new token's.
        self.assertEqual(report.kv_bytes, 2 * 128 * 64 * 2 * 2 * 4 + 64 * 2 * 2 * 4)
        self.assertEqual(report.get("modules.bus.to_hbm.bytes_read"), data["modules"]["bus"]["to_hbm.bytes_read"])
        self.assertEqual(report.flat()["decode.time_per_step_ns"], report.time_ns)
        moved = sum(rate for _, rate in report.bandwidth()) * data["modules"]["hbm"]["bytes_read_over_time"]["bin_ns"]
        self.assertAlmostEqual(moved, data["hbm"]["bytes_read"], delta=1)
        self.assertEqual(prismvp.load_report(self.folder / "a" / "report.json").data, data)

    def test_runs_a_dictionary(self):
        report = self.program.run({"extends": "tiny", "policy": {"name": "dense"}}, FAST)
        self.assertEqual(report.policy, "dense")
        self.assertEqual(report.get("config.policy.name"), "dense")

    def test_errors_have_types(self):
        with self.assertRaisesRegex(prismvp.InputError, r"/policy/kk: found unknown key"):
            self.program.run(TINY, {"policy.kk": 1})
        with self.assertRaises(prismvp.SystemFailed) as failed:
            self.program.run(TINY, {"run.max_simulated_ms": 0.001})
        self.assertIn("the firmware had not finished", str(failed.exception))
        self.assertEqual(failed.exception.report.get("outcome.exit_code"), 1)
        with self.assertRaisesRegex(prismvp.ResultError, "nowhere"):
            prismvp.load_report(self.folder / "nowhere")
        (self.folder / "report.json").write_text("{}")
        with self.assertRaisesRegex(prismvp.ResultError, 'no "config"'):
            prismvp.load_report(self.folder)
        with self.assertRaisesRegex(prismvp.ResultError, "hbm.nothing"):
            self.program.run(TINY, FAST).get("hbm.nothing")
        with self.assertRaises(prismvp.PrismError):
            prismvp.Program(self.folder / "prism-vp")

    def test_sweeps(self):
        spec = self.write("spec.json", {"base": str(TINY), "set": FAST,
                                        "axes": {"policy.k": [1, 2], "run.max_simulated_ms": [0.001, 1000]}})
        sweep = self.program.sweep(spec, self.folder / "s", jobs=2)
        self.assertEqual(len(sweep), 4)
        self.assertEqual([point.state for point in sweep], ["failed", "done", "failed", "done"])
        point, = [point for point in sweep.select(policy__k=2) if point.state == "done"]
        self.assertEqual(point.figures["kv_bytes_per_step"], point.report.kv_bytes)
        with self.assertRaisesRegex(prismvp.ResultError, "failed .*max_simulated_ms"):
            sweep.points[0].report
        with self.assertRaisesRegex(prismvp.ResultError, "no key of this sweep"):
            sweep.select(policy__name="prism")
        with open(self.folder / "s/sweep.csv", newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        for row, mine in zip(rows, sweep.rows(), strict=True):
            for key, value in mine.items():
                self.assertEqual(row[key], "" if value is None else str(value), key)

    def test_frames(self):
        spec = self.write("spec.json", {"base": str(TINY), "set": FAST, "axes": {"policy.k": [1, 2]}})
        sweep = self.program.sweep(spec, self.folder / "s")
        if importlib.util.find_spec("pandas") is None:
            with self.assertRaisesRegex(prismvp.PrismError, "pandas"):
                sweep.frame()
            return
        table = sweep.frame()
        self.assertEqual(list(table["policy.k"]), [1, 2])
        self.assertEqual(table["time_per_step_ns"].sum(), sum(p.figures["time_per_step_ns"] for p in sweep))


if __name__ == "__main__":
    unittest.main()
