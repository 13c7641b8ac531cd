#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The paper's four figures that this platform can answer, as SVG, its points beside ours.

usage: scripts/plot.py [--data DIR] [--out DIR] [--program PRISM_VP] [traffic | recall | energy | latency]...

Runs what is missing in DIR (default: out/figures): the context sweep and some prism-vp rank studies, a few minutes in all.
Needs Debian's matplotlib (scripts/setup.sh --plots)."""
import argparse
import json
import pathlib
import subprocess
import sys

import prismvp

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAPER = {  # arXiv 2603.21576v2 and its companion repository
    "reduction": {4096: 1, 8192: 2, 16384: 4, 32768: 8, 65536: 16, 131072: 32},
    "bits": {2: 0.457, 3: 0.693, 4: 0.841, 5: 0.927, 6: 0.960, 7: 0.980},
    "drift": {0.001: 0.997, 0.005: 0.981, 0.01: 0.959, 0.02: 0.923, 0.05: 0.811, 0.1: 0.656},
    "evaluation_pj": {256: 1570, 1024: 2290},
    "electronic_pj": {256: 4.1e6 / 4, 512: 4.1e6 / 2, 1024: 4.1e6},  # 4.1 uJ at N = 1024, in proportion
    "page_ns": 13,
    "evaluation_ns": 9,
}
OURS = {"color": "#0072b2", "marker": "o"}
THEIRS = {"color": "#d55e00", "marker": "s", "markerfacecolor": "none", "linestyle": "none", "markersize": 8}


class Data:
    """Results of the program, made when they are asked for the first time."""

    def __init__(self, folder, program):
        self.folder = folder
        self.program = program
        folder.mkdir(parents=True, exist_ok=True)

    def context(self):
        return self.program.sweep(ROOT / "configs/sweeps/context.json", self.folder / "context")

    def rank(self, name, *arguments):
        path = self.folder / f"{name}.json"
        if not path.exists():
            command = [self.program.path, "rank", *map(str, arguments), "--quiet", "--json", path]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.loads(path.read_text(encoding="utf-8"))


def pairs(points):
    """Two lists for plot()."""
    ordered = sorted(points.items())
    return [x for x, _ in ordered], [y for _, y in ordered]


def traffic(data, axes):
    sweep = data.context()
    axis, = axes(1)
    total, kv, speed = {}, {}, {}
    for dense, prism in zip(sweep.select(policy__name="dense"), sweep.select(policy__name="prism"), strict=True):
        tokens = dense.values["workload.context_tokens"]
        kv[tokens] = prism.figures["kv_reduction"]
        total[tokens] = sum(dense.report.bytes_by_purpose.values()) / sum(prism.report.bytes_by_purpose.values())
        speed[tokens] = prism.figures["speed_up"]
    axis.plot(*pairs(PAPER["reduction"]), **THEIRS, label="paper: K/V traffic, N/k")
    axis.plot(*pairs(kv), **OURS, label="K/V traffic at the HBM")
    axis.plot(*pairs(total), color="#009e73", marker="^", label="all HBM traffic")
    axis.plot(*pairs(speed), color="#cc79a7", marker="v", label="time of a step")
    axis.set(xscale="log", yscale="log", xlabel="context, tokens", ylabel="dense / selected",
             title="What selection saves (Qwen2.5-7B, batch 1, k = 32)")
    axis.set_xticks(list(PAPER["reduction"]), [f"{tokens // 1024}K" for tokens in PAPER["reduction"]])
    axis.set_yticks([1, 2, 4, 8, 16, 32], ["1x", "2x", "4x", "8x", "16x", "32x"])
    axis.minorticks_off()


def recall(data, axes):
    left, right = axes(2)
    bits = data.rank("recall_bits", ROOT / "configs/paper/recall_bits.json", "--trials", 200, "--sweep",
                     "drive.bits=" + ",".join(map(str, PAPER["bits"])))
    drift = data.rank("recall_drift", ROOT / "configs/paper/recall_drift.json", "--trials", 800, "--sweep",
                      "drive.weight_drift_sigma=" + ",".join(map(str, PAPER["drift"])))
    for axis, study, paper in ((left, bits, PAPER["bits"]), (right, drift, PAPER["drift"])):
        axis.plot(*pairs(paper), **THEIRS, label="paper")
        points = study["points"]
        axis.errorbar([point["value"] for point in points], [point["recall_at_k"]["mean"] for point in points],
                      [2 * point["recall_at_k"]["standard_error"] for point in points], **OURS, capsize=3,
                      label="prism-vp, two standard errors")
        axis.set(ylabel="recall at 32", ylim=(0.4, 1.02))
    left.set(xlabel="bits of a weight", title="d = 64, N = 1024: weight bits")
    right.set(xlabel="drift, in weight", xscale="log", title="weight drift")


def energy(data, axes):
    axis, = axes(1)
    sweep = data.context()
    dense = sweep.select(policy__name="dense")[-1].report.data
    hbm_pj_per_byte = dense["hbm"]["energy_pj"] / (dense["hbm"]["bytes_read"] + dense["hbm"]["bytes_written"])
    evaluation, reloaded, electronic = {}, {}, {}
    for blocks in (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192):
        study = data.rank(f"energy_{blocks}", "ideal", "--blocks", blocks, "--trials", 1)
        reads = study["load"]["hbm_bytes"] * hbm_pj_per_byte
        evaluation[blocks] = study["energy_pj"]["dynamic"]
        reloaded[blocks] = study["energy_pj"]["dynamic"] + study["load"]["energy_pj"] + reads
        electronic[blocks] = reads
    axis.plot(*pairs(PAPER["evaluation_pj"]), **THEIRS, label="paper: photonic evaluation")
    axis.plot(*pairs(PAPER["electronic_pj"]), **{**THEIRS, "marker": "D"}, label="paper: electronic, 31 pJ/B, keys and values")
    axis.plot(*pairs(evaluation), **OURS, label="photonic, signatures loaded already")
    axis.plot(*pairs(reloaded), color="#56b4e9", marker="^", label="photonic, bank reloaded from HBM")
    axis.plot(*pairs(electronic), color="#e69f00", marker="v", linestyle="--",
              label=f"electronic scan of signatures, {hbm_pj_per_byte:.1f} pJ/B")
    axis.set(xscale="log", yscale="log", xlabel="blocks ranked, N", ylabel="energy of one ranking, pJ",
             title="Energy of one ranking (d = 32)")
    axis.set_xticks(list(evaluation), [str(blocks) for blocks in evaluation])
    axis.minorticks_off()


def latency(data, axes):
    axis, = axes(1)
    ours, published = {}, {}
    for factor in (1, 2, 4, 8):
        study = data.rank(f"latency_{factor}", "ideal", "--rows", 1024, "--blocks", 1024 * factor, "--trials", 1)
        ours[factor] = study["latency"]["ranking_ns"]
        published[factor] = PAPER["evaluation_ns"] if factor == 1 else PAPER["page_ns"] * factor
    axis.plot(*pairs(published), **THEIRS, label="paper: 9 ns, then 13 ns a page of 1024")
    axis.plot(*pairs(ours), **OURS, label="prism-vp")
    axis.set(xlabel="multiplexing: logical rows over physical rows", ylabel="latency of a ranking, ns", ylim=(0, None),
             title="Latency against time multiplexing (1024 rows)")
    axis.set_xticks(list(ours))


FIGURES = {"traffic": traffic, "recall": recall, "energy": energy, "latency": latency}


def draw(name, data, out):
    from matplotlib import pyplot

    made = []

    def axes(count):
        figure, found = pyplot.subplots(1, count, figsize=(7.2 if count == 1 else 10, 4.2), squeeze=False, layout="constrained")
        made.append(figure)
        return list(found[0])

    FIGURES[name](data, axes)
    for axis in made[0].axes:
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    path = out / f"{name}.svg"
    made[0].savefig(path, metadata={"Date": None, "Creator": "scripts/plot.py"})
    pyplot.close(made[0])
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help="traffic, recall, energy, latency (default: all)")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "out/figures", help="folder of the results")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/figures", help="folder of the figures")
    parser.add_argument("--program", help="prism-vp (default: the one built in build/release, or on PATH)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.figures if name not in FIGURES]
    if unknown:
        parser.error(f"found the figure {unknown[0]}, expected {', '.join(FIGURES)}")
    try:
        import matplotlib
    except ImportError:
        sys.exit("plot.py: found no matplotlib, expected Debian's (scripts/setup.sh --plots)")
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "prism-vp", "svg.fonttype": "none", "font.size": 10})
    try:
        data = Data(arguments.data, prismvp.Program(arguments.program))
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name in arguments.figures or FIGURES:
            draw(name, data, arguments.out)
    except prismvp.PrismError as problem:
        sys.exit(f"plot.py: {problem}")


if __name__ == "__main__":
    main()
