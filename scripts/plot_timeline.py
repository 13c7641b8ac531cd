#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A picture of a timeline.json, for those who do not want to open Perfetto.

usage: scripts/plot_timeline.py TIMELINE.json PICTURE.svg [--from US] [--to US]

Devices, traffic, arrows and the HBM's bandwidth. Needs Debian's matplotlib (scripts/setup.sh --plots)."""
import argparse
import json
import pathlib
import sys

GROUPS = ["decode", "cpu", "photonic", "dma", "compute", "hbm"]
COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c7a2f", "#7a5195", "#7f8c9b"]


def named(events, kind):
    return [event for event in events if event["ph"] == "M" and event["name"] == kind]


def read(path):
    """Rows in order, {row: slices}, arrows, and the HBM's bandwidth."""
    events = json.loads(path.read_text(encoding="utf-8"))["traceEvents"]
    groups = {event["pid"]: event["args"]["name"] for event in named(events, "process_name")}
    rows = {(event["pid"], event["tid"]): f"{groups[event['pid']]}: {event['args']['name']}"
            for event in named(events, "thread_name") if groups[event["pid"]] in GROUPS}
    slices = {place: [] for place in sorted(rows)}
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    arrows = []
    bandwidth = []
    for event in events:
        place = event["pid"], event.get("tid")
        if event["ph"] == "X" and place in slices:
            slices[place].append(event)
        elif event["ph"] == "s":
            arrows.append((event, ends[event["id"]]))
        elif event["ph"] == "C" and event["name"] == "bandwidth_gbps":
            bandwidth.append((event["ts"], event["args"]["value"]))
    return rows, slices, arrows, bandwidth


def draw(path, picture, first, last):
    from matplotlib import pyplot

    rows, slices, arrows, bandwidth = read(path)
    last = last or max(event["ts"] + event["dur"] for found in slices.values() for event in found)
    seen = {place: [event for event in found if event["ts"] < last and event["ts"] + event["dur"] > first]
            for place, found in slices.items()}
    shown = [place for place in slices if seen[place]]
    height = {place: len(shown) - i for i, place in enumerate(shown)}
    names = sorted({event["name"].rstrip(" 0123456789") for place in shown for event in seen[place]})
    figure, (top, bottom) = pyplot.subplots(2, 1, figsize=(11, 0.27 * len(shown) + 2.6), sharex=True, layout="constrained",
                                            gridspec_kw={"height_ratios": [0.27 * len(shown), 1.4]})
    for place in shown:
        for event in seen[place]:
            colour = COLOURS[names.index(event["name"].rstrip(" 0123456789")) % len(COLOURS)]
            nested = {"step": 0.2, "layer": -0.2}.get(event["name"].split()[0], 0)
            top.barh(height[place] + nested, event["dur"], left=event["ts"], height=0.38 if nested else 0.76, color=colour,
                     edgecolor="white", linewidth=0.3)
            if event["dur"] > (last - first) / 120 * (len(event["name"]) + 1):
                top.text(max(event["ts"], first) + (last - first) / 400, height[place] + nested, event["name"], fontsize=6.5,
                         va="center", color="white", clip_on=True)
    for start, end in arrows:
        source, target = ((event["pid"], event["tid"]) for event in (start, end))
        if source in height and target in height and first <= start["ts"] and end["ts"] <= last:
            top.annotate("", (end["ts"], height[target]), (start["ts"], height[source]),
                         arrowprops={"arrowstyle": "-|>", "color": "#333333", "linewidth": 0.6, "mutation_scale": 7})
    top.set(yticks=list(height.values()), xlim=(first, last), ylim=(0.4, len(shown) + 0.6))
    top.set_yticklabels([rows[place] for place in shown], fontsize=8)
    top.grid(axis="x", alpha=0.25)
    top.tick_params(axis="y", length=0)
    bottom.step([at for at, _ in bandwidth] + [last], [rate for _, rate in bandwidth] + [bandwidth[-1][1]], where="post",
                color=COLOURS[0], linewidth=1)
    bottom.set(xlabel="simulated time, us", ylabel="HBM, GB/s", ylim=(0, None))
    bottom.grid(alpha=0.25)
    figure.savefig(picture, metadata={"Date": None, "Creator": "scripts/plot_timeline.py"} if picture.suffix == ".svg" else None)
    print(picture)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("timeline", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path)
    parser.add_argument("--from", dest="first", type=float, default=0.0, help="us (default: the start)")
    parser.add_argument("--to", dest="last", type=float, help="us (default: the end)")
    arguments = parser.parse_args()
    try:
        import matplotlib
    except ImportError:
        sys.exit("plot_timeline.py: found no matplotlib, expected Debian's (scripts/setup.sh --plots)")
    matplotlib.use("svg" if arguments.picture.suffix == ".svg" else "agg")
    matplotlib.rcParams.update({"svg.hashsalt": "prism-vp", "svg.fonttype": "none"})
    try:
        draw(arguments.timeline, arguments.picture, arguments.first, arguments.last)
    except (OSError, ValueError, KeyError) as problem:
        sys.exit(f"plot_timeline.py: {arguments.timeline}: found {problem}, expected a timeline.json")


if __name__ == "__main__":
    main()
