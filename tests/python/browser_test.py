#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The pages in a real browser: no complaint on the console, no request off the file, every chart painted.

PRISM_SCREENSHOTS=DIR keeps pictures of the pages there."""
import os
import pathlib
import unittest

import browser
from support import TINY, ProgramTest, skip_all


class BrowserTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser(browser.find_chromium())
        cls.addClassCleanup(cls.browser.close)

    def run_policies(self):
        for policy in ("dense", "prism"):
            self.run_program("run", TINY, "--out", policy, "--quiet", "--set", f"policy.name={policy}")

    def open(self, name, charts, dark=False):
        page = self.folder / name
        self.browser.open(page.as_uri(), dark=dark)
        self.check_quiet(page)
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('canvas').length"), charts)
        blank = self.browser.evaluate("[...document.querySelectorAll('canvas:not([data-drawn])')].map((c) => c.ariaLabel)")
        self.assertEqual(blank, [])

    def check_quiet(self, page):
        self.assertEqual(self.browser.complaints(), [])
        outside = [url for url in self.browser.requests() if url != page.as_uri() and not url.startswith("data:")]
        self.assertEqual(outside, [])

    def keep_picture(self, name):
        if folder := os.environ.get("PRISM_SCREENSHOTS"):
            self.browser.screenshot(pathlib.Path(folder) / name)

    def column(self, table, column):
        return self.browser.evaluate(
            f"[...document.querySelectorAll('table')[{table}].tBodies[0].rows].map((r) => r.cells[{column}].textContent)")

    def sort(self, table, column):
        self.browser.evaluate(f"document.querySelectorAll('table')[{table}].tHead.rows[0].cells[{column}].click()")

    def test_report_of_one_run(self):
        self.run_program("run", TINY, "--out", "a", "--quiet")
        self.open("a/report.html", 9)
        self.assertIn("toy, 2,048 tokens", self.browser.evaluate("document.body.innerText"))

    def test_report_of_two_runs(self):
        self.run_policies()
        self.run_program("report", "dense", "prism", "--out", "both.html")
        self.open("both.html", 9)
        text = self.browser.evaluate("document.body.innerText")
        report = self.read_json("prism/report.json")
        self.assertIn("prism against dense", text)
        self.assertIn(f"{report['selection']['attention_mass']:.3f}", text)
        self.assertIn("of the baseline", text)
        titles = self.column(0, 0)
        self.sort(0, 0)
        self.assertEqual(self.column(0, 0), sorted(titles, key=str.lower))
        self.sort(0, 0)
        self.assertEqual(self.column(0, 0), sorted(titles, key=str.lower, reverse=True))
        self.keep_picture("report.png")
        back = self.browser.evaluate("getComputedStyle(document.body).backgroundColor")
        self.browser.evaluate("document.querySelector('header button').click()")
        self.assertNotEqual(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"), back)
        self.assertTrue(self.browser.pdf().startswith(b"%PDF"))
        self.check_quiet(self.folder / "both.html")
        self.open("both.html", 9, dark=True)
        self.assertEqual(self.browser.evaluate("document.documentElement.dataset.theme"), "dark")
        self.keep_picture("report_dark.png")

    def test_hover_shows_values_and_units(self):
        self.run_program("run", TINY, "--out", "a", "--quiet")
        self.open("a/report.html", 9)
        shown = self.browser.evaluate("""(() => {
          const chart = Chart.getChart(document.querySelectorAll('canvas')[0]);
          const bar = chart.getDatasetMeta(0).data[0].getCenterPoint();
          chart.tooltip.setActiveElements([{datasetIndex: 0, index: 0}], bar);
          chart.update();
          return chart.tooltip.body[0].lines[0];
        })()""")
        self.assertRegex(shown, r"^weights: [\d.]+\s[KMG]iB$")

    def test_sweep(self):
        self.write("spec.json", {
            "base": str(TINY), "set": {"workload.steps": 1},
            "axes": {"workload.context_tokens": [1024, 2048], "policy.name": ["dense", "prism"], "policy.k": [1, 2, 4]},
            "where": ["policy.name == \"prism\" || policy.k == 1"]})
        self.run_program("sweep", "spec.json", "--out", "s", "--quiet")
        self.open("s/sweep.html", 4)
        self.assertEqual(len(self.column(0, 0)), 8)
        self.sort(0, 4)  # K/V traffic
        names = {point["name"]: point["figures"]["kv_bytes_per_step"] for point in self.read_json("s/sweep.json")["points"]}
        traffic = [names[name] for name in self.column(0, 0)]
        self.assertEqual(traffic, sorted(names.values()))
        self.keep_picture("sweep.png")
        # Restricting the points redraws the charts with fewer of them.
        count = "Chart.getChart([...document.querySelectorAll('canvas')].pop()).data.datasets.length"
        self.assertEqual(self.browser.evaluate(count), 8)
        self.browser.evaluate("""(() => {
          const select = document.querySelector("select[aria-label='policy']");
          select.value = 'dense';
          select.dispatchEvent(new Event('change'));
        })()""")
        self.assertEqual(self.browser.evaluate(count), 2)
        self.check_quiet(self.folder / "s/sweep.html")

    def test_sweep_of_policies(self):
        # configs/sweeps/policies.json on the toy model.
        policies = ["dense", "streaming", "oracle", "quest", "mean_key", "sram", "near_memory", "prism"]
        self.write("spec.json", {
            "base": str(TINY), "set": {"workload.steps": 1},
            "axes": {"workload.batch": [1, 2], "workload.context_tokens": [1024, 2048], "policy.name": policies}})
        self.run_program("sweep", "spec.json", "--out", "p", "--quiet")
        for dark in (False, True):
            self.open("p/sweep.html", 4, dark=dark)
        self.assertEqual(sorted(set(self.column(0, 0))), sorted(point["name"] for point in self.read_json("p/sweep.json")["points"]))
        self.assertEqual(len(self.column(0, 0)), 32)


if __name__ == "__main__":
    if browser.find_chromium() is None:
        skip_all("no chromium (scripts/setup.sh --browser installs it)")
    unittest.main()
