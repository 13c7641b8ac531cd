#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the comparison of selection policies and writes docs/results.md from its reports.

usage: scripts/results.py PRISM_VP [--out DIR] [--reuse] [--jobs N] [--pictures]
--reuse: takes the reports that DIR already holds, instead of running the sweeps; a point that is missing is left out.
--pictures: also docs/policies.png, the page of the policies' sweep (its CSV: DIR/policies/sweep.csv), and docs/report.png and
docs/timeline.svg, which README.md shows; needs chromium and scripts/setup.sh --plots."""

import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
POLICIES = ["dense", "streaming", "oracle", "quest", "mean_key", "sram", "near_memory", "prism"]
CONTEXTS = [4096, 8192, 16384, 32768, 65536]
MIB = 2**20


def sweep(arguments, name):
    """The reports of configs/sweeps/NAME.json."""
    folder = pathlib.Path(arguments.out) / name
    if not arguments.reuse:
        spec = str(ROOT / "configs" / "sweeps" / f"{name}.json")
        subprocess.run([arguments.program, "sweep", spec, "--quiet", "--jobs", str(arguments.jobs), "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*/report.json"))]


def point_of(report):
    return report["decode"]["batch"], report["decode"]["context_tokens"], report["selection"]["policy"]


def screenshot(page, picture):
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1400,950",
                    f"--screenshot={picture}", page.resolve().as_uri()], check=True, stderr=subprocess.DEVNULL)


def pictures(arguments):
    docs = ROOT / "docs"
    out = pathlib.Path(arguments.out)
    screenshot(out / "policies" / "sweep.html", docs / "policies.png")
    wanted = [(1, 65536, "dense"), (1, 65536, "prism")]
    folders = {point_of(json.loads(file.read_text())): str(file.parent) for file in (out / "policies").glob("*/report.json")}
    pair = [folders[point] for point in wanted]
    subprocess.run([arguments.program, "report", *pair, "--out", str(out / "64k.html")], check=True, stdout=subprocess.DEVNULL)
    screenshot(out / "64k.html", docs / "report.png")
    subprocess.run([arguments.program, "run", str(ROOT / "configs" / "tiny.json"), "--quiet", "--timeline", "phases",
                    "--out", str(out / "tiny")], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["/usr/bin/python3", str(ROOT / "scripts" / "plot_timeline.py"), str(out / "tiny" / "timeline.json"),
                    str(docs / "timeline.svg"), "--to", "21"], check=True)


def percent(value):
    return "-" if value is None else f"{100 * value:.0f} %"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


class Policies:
    def __init__(self, reports):
        self.points = {}
        for report in reports:
            self.points[point_of(report)] = report

    def time_ms(self, *key):
        return self.points[key]["decode"]["time_per_step_ns"] / 1e6

    def energy_mj(self, *key):
        return self.points[key]["energy_pj"]["per_step_total"] / 1e9

    def mib(self, purposes, *key):
        moved = self.points[key]["hbm"]["bytes_by_purpose"]
        return sum(moved[purpose] for purpose in purposes) / MIB

    def row(self, *key):
        report = self.points[key]
        batch, context, policy = key
        selection = report["selection"]
        near = report["modules"]["compute"]["near_memory_bytes"] / MIB
        metadata = self.mib(["signature_scan", "bank_reload"], *key)
        dense = (batch, context, "dense")
        has_recall = policy not in ("dense", "streaming")
        return [
            f"{context // 1024}K",
            policy,
            f"{self.mib(['kv_read', 'kv_append'], *key):.0f}",
            f"{metadata:.1f}" + (f" (+{near:.1f} inside)" if near else ""),
            f"{self.time_ms(*key):.3f}",
            f"{self.time_ms(*dense) / self.time_ms(*key):.2f}",
            f"{self.energy_mj(*key):.0f}",
            f"{100 * report['hbm']['achieved_gbps'] / report['hbm']['peak_gbps']:.0f} %",
            f"{selection['recall_at_k']:.2f}" if has_recall else "-",
            percent(selection["needle_hit_rate"]),
            f"{selection['attention_mass']:.3f}",
            f"{selection['output_error']:.3f}",
        ]

    def table(self, batch):
        header = ["context", "policy", "K/V MiB", "metadata MiB", "step ms", "speed-up", "energy mJ", "HBM use", "recall@k",
                  "needles", "mass", "output error"]
        keys = [(batch, context, policy) for context in CONTEXTS for policy in POLICIES]
        return table(header, [self.row(*key)
                              for key in keys
                              if key in self.points and (batch, key[1], "dense") in self.points])

    def phases(self, batch, context):
        names = ["weights", "selection", "gather", "attention", "cpu"]
        rows = []
        for policy in POLICIES:
            if (batch, context, policy) not in self.points:
                continue
            phases = self.points[(batch, context, policy)]["phases"]
            rows.append([policy] + [percent(phases[name]["share"]) for name in names])
        return table(["policy"] + names, rows)


def faster(policies, batch, one, other, context=65536):
    """How much longer a step with `other` takes than with `one`, in words."""
    ratio = policies.time_ms(batch, context, other) / policies.time_ms(batch, context, one)
    return f"{100 * abs(ratio - 1):.1f} % {'faster' if ratio > 1 else 'slower'}"


def verdict(policies):
    lines = []
    for batch in (1, 16):
        dense = policies.time_ms(batch, 65536, "dense") / policies.time_ms(batch, 65536, "prism")
        lines.append(
            f"- **Against dense attention, batch {batch}, 64K:** the photonic core's step is {dense:.2f} times as fast, "
            f"where K/V bytes alone shrink 16 times. The weights ({policies.mib(['weights'], batch, 65536, 'prism') / 1024:.1f} GiB a "
            "step, whatever the policy) and the firmware's microseconds keep the rest (Amdahl)."
        )
    for batch in (1, 16):
        rivals = ", ".join(f"{faster(policies, batch, 'prism', rival)} than `{rival}`" for rival in ("quest", "mean_key", "sram", "near_memory"))
        bound = policies.time_ms(batch, 65536, "prism") / policies.time_ms(batch, 65536, "oracle")
        lines.append(
            f"- **Against electronic selection, batch {batch}, 64K:** `prism` is {rivals}. A selection at no cost (`oracle`) "
            f"would take {100 * (1 - 1 / bound):.1f} % off its step: that is all that any ranking hardware could still win here."
        )
    scan = policies.mib(["signature_scan"], 1, 65536, "mean_key")
    selected = policies.mib(["kv_read"], 1, 65536, "mean_key")
    reload = policies.mib(["bank_reload"], 1, 65536, "prism")
    lines.append(
        f"- **Why:** the electronic scan of the same signatures reads {scan:.1f} MiB a step, {100 * scan / selected:.1f} % of the "
        f"{selected:.0f} MiB of selected K/V. A photonic core with one bank reads the same {reload:.1f} MiB again at every step, to "
        "reload its rings for each layer and KV head; only signatures that stay on its chip would spare them. Quest's bounds of "
        f"16-token pages cost {policies.mib(['signature_scan'], 1, 65536, 'quest'):.0f} MiB, as much as the selected K/V: there "
        "ranking by compressed signatures wins, whatever device ranks them."
    )
    mean_key = policies.points[(1, 65536, "mean_key")]["selection"]
    prism = policies.points[(1, 65536, "prism")]["selection"]
    same = all(mean_key[figure] == prism[figure] for figure in ("recall_at_k", "attention_mass", "output_error"))
    lines.append(
        "- **Accuracy** is that of the signatures, not of the device: an ideal photonic core chooses "
        + ("the same blocks as" if same else "other blocks than")
        + " the electronic scan (`ctest -R Policies` compares them head by head). Impairments can only lose; see the needles below."
    )
    sram = policies.points[(16, 65536, "sram")]
    lines.append(
        f"- **On-chip signatures** of 16 sequences of 64K tokens take {sram['modules']['compute']['sram_bytes'] / MIB:.0f} MiB of SRAM: "
        f"{sram['modules']['compute']['sram_mm2']:.0f} mm2 and "
        f"{sram['energy_pj']['compute.signature_sram.leakage'] / sram['decode']['steps_done'] / 1e9:.1f} mJ of leakage a step. "
        "At 4K nothing can be saved: k = 32 covers every block."
    )
    return "\n".join(lines)


def needles(reports, row_name, row_of, column_name, column_of):
    """Each cell: share of heads / share of questions."""
    cells = {(row_of(report), column_of(report)): " / ".join(percent(report["selection"][name]) for name in ("needle_hit_rate", "needle_answer_rate")) for report in reports}
    rows = sorted({row for row, _ in cells})
    columns = sorted({column for _, column in cells})
    return table([f"{row_name} \\ {column_name}"] + [str(column) for column in columns], [[row] + [cells[row, column] for column in columns] for row in rows])


def context_of(report):
    return report["decode"]["context_tokens"]


def key(path):
    """Reads the configuration's value at a dotted path from a report."""

    def value(report):
        node = report["config"]
        for name in path.split("."):
            node = node[name]
        return node

    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--out", default="out/results")
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--pictures", action="store_true")
    arguments = parser.parse_args()

    policies = Policies(sweep(arguments, "policies"))
    paper = sweep(arguments, "needles_paper")
    rings = sweep(arguments, "needles_rings")
    by_k = sweep(arguments, "needles_k")

    text = f"""# Results: which selection wins, and why

Generated by `scripts/results.py build/release/prism-vp`; do not edit. Every figure is from a run of the whole SoC, firmware
included; `--reuse --out DIR` writes the page again from the reports of `prism-vp sweep configs/sweeps/NAME.json --out DIR/NAME`.
Qwen2.5-7B, 32 blocks of 128 tokens (quest: 256 pages of 16), signatures of 32 values, ideal photonic core, four HBM3
stacks of 32 GB, one decode step, seed 1 (`configs/policies.json`). Accuracy is that of the synthetic content of [workload.md](workload.md), over 28 heads.
Energies lack the components that `energy_unknown` lists, HBM background and refresh among them.

## In short

{verdict(policies)}

## Every policy, batch 1

`prism-vp sweep configs/sweeps/policies.json` makes this and the next table, a CSV and [a page](policies.png). K/V: read and appended. Metadata:
signatures or bounds that cross the HBM's interface; "inside": read by the HBM's base die. HBM use: achieved over peak bandwidth.

{policies.table(1)}

## Every policy, batch 16

{policies.table(16)}

## Where the step goes, 64K tokens

Busy time of each unit over the step's time; gather: the DMA engine, appends included. Units work at the same time, so a row may exceed 100 %.

Batch 1:

{policies.phases(1, 65536)}

Batch 16:

{policies.phases(16, 65536)}

## Needles: what holds, and what breaks it

Share of (layer, KV head) pairs whose planted needle lies in attended blocks / share of questions that at least half of them
can answer ([workload.md](workload.md)), k = 32. The paper's score is one of questions, asked of the whole model.

The paper's abstraction (5 bits uniform in weight, drift as a Gaussian error of the weight; `configs/sweeps/needles_paper.json`),
context against the drift's deviation in weight units:

{needles(paper, "context", context_of, "drift", key("photonic.drive.weight_drift_sigma"))}

Rings (5-bit voltages up to 27 V; `configs/sweeps/needles_rings.json`), context against the resonance error that calibration leaves, pm.
At 20 pm every question is answered at every context, though by three heads of four at 64K; at 40 pm none is at 64K.
On the flank of a ring of 155 pm 20 pm move its weight by up to 0.26, far more than a drift of 0.01, and signatures have most
of their weights there. `ctest -R PaperNeedles` checks what holds and what breaks.

{needles(rings, "context", context_of, "residue pm", key("photonic.calibration.residual_sigma_pm"))}

Exact arithmetic at 64K (`configs/sweeps/needles_k.json`), k against the needle's strength in nats (16 elsewhere):

{needles(by_k, "k", key("policy.k"), "strength", key("workload.content.needle_strength"))}
"""
    (ROOT / "docs" / "results.md").write_text(text)
    if arguments.pictures:
        pictures(arguments)


if __name__ == "__main__":
    main()
