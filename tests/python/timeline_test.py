#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""timeline.json keeps the rules of the trace-event format, and its bytes are the report's."""
import collections
import unittest

from support import TINY, ProgramTest


def picoseconds(microseconds):
    return round(microseconds * 1e6)


class Timeline:
    def __init__(self, document):
        self.other = document["otherData"]
        self.events = document["traceEvents"]
        groups = {e["pid"]: e["args"]["name"] for e in self.events if e["name"] == "process_name"}
        rows = {(e["pid"], e["tid"]): e["args"]["name"] for e in self.events if e["name"] == "thread_name"}
        self.names = {place: (groups[place[0]], row) for place, row in rows.items()}
        self.tracks = collections.defaultdict(list)
        for event in self.of_phase("X"):
            self.tracks[self.names[event["pid"], event["tid"]]].append(event)

    def of_phase(self, phase):
        return [event for event in self.events if event["ph"] == phase]

    def group(self, name):
        return {row: slices for (group, row), slices in self.tracks.items() if group == name}

    def covers(self, track, at, begins=False):
        """Whether a slice of the track covers this time."""
        for event in self.tracks[track]:
            begun = picoseconds(event["ts"])
            if begun == at or (not begins and begun <= at < begun + picoseconds(event["dur"])):
                return True
        return False


def byte_sum(slices):
    return sum(event.get("args", {}).get("bytes", 0) for event in slices)


class TimelineTest(ProgramTest):
    def timeline(self, detail, *options):
        self.run_program("run", TINY, "--out", "a", "--quiet", "--timeline", detail, *options)
        return Timeline(self.read_json("a/timeline.json")), self.read_json("a/report.json")

    def check_rules(self, timeline):
        for track, slices in timeline.tracks.items():
            before = -1
            open_until = []
            for event in slices:
                begun = picoseconds(event["ts"])
                ended = begun + picoseconds(event["dur"])
                self.assertGreaterEqual(begun, before, f"{track} goes back in time")
                self.assertLessEqual(ended, picoseconds(timeline.other["simulated_ns"] / 1e3) + 1, track)
                before = begun
                while open_until and open_until[-1] <= begun:
                    open_until.pop()
                if open_until:
                    self.assertLessEqual(ended, open_until[-1], f"{track}: {event} is not within the slice around it")
                open_until.append(ended)
        counters = collections.defaultdict(list)
        for event in timeline.of_phase("C"):
            counters[event["pid"], event["name"]].append(event["ts"])
        for name, times in counters.items():
            self.assertEqual(times, sorted(set(times)), name)

    def check_flows(self, timeline):
        """Every arrow has both ends, within slices, and goes on in time."""
        left = {event["id"]: event for event in timeline.of_phase("s")}
        arrived = {event["id"]: event for event in timeline.of_phase("f")}
        self.assertEqual(left.keys(), arrived.keys())
        kinds = collections.Counter()
        for identity, start in left.items():
            end = arrived[identity]
            source, target = (timeline.names[event["pid"], event["tid"]] for event in (start, end))
            self.assertTrue(timeline.covers(source, picoseconds(start["ts"])), start)
            self.assertTrue(timeline.covers(target, picoseconds(end["ts"]), begins=True), end)
            self.assertLessEqual(start["ts"], end["ts"])
            kinds[source[0], target[0]] += 1
        return kinds

    def check_bytes(self, timeline, report):
        hbm = report["hbm"]
        for purpose, count in hbm["bytes_by_purpose"].items():
            self.assertEqual(byte_sum(timeline.group("hbm").get("traffic: " + purpose, [])), count, purpose)
        channels = timeline.group("hbm channels")
        counted = [value for key, value in report["modules"]["hbm"].items() if key.startswith("bytes_channel_")]
        self.assertEqual(sorted(byte_sum(slices) for slices in channels.values()), sorted(counted))

    def check_queues(self, timeline):
        """Every device's queue is deeper than nothing at some time, and never below it."""
        groups = {event["pid"]: event["args"]["name"] for event in timeline.events if event["name"] == "process_name"}
        depths = collections.defaultdict(list)
        for event in timeline.of_phase("C"):
            if event["name"].startswith(("queue_depth_commands", "queue_depth_channel")):
                depths[groups[event["pid"]]].append(event["args"]["value"])
        self.assertEqual(depths.keys(), {"photonic", "compute", "dma"})
        for device, values in depths.items():
            self.assertGreaterEqual(min(values), 0, device)
            self.assertGreater(max(values), 0, device)
            self.assertLessEqual(max(values), 65536, device)

    def test_temperature_changes_nothing(self):
        options = ["--set", "photonic.extends=photonic/physical", "--set", "photonic.thermal.step_us=1"]
        timeline, watched = self.timeline("phases", *options)
        readings = {event["args"]["value"] for event in timeline.of_phase("C") if event["name"] == "photonic_off_set_point_mk"}
        self.assertGreater(len(readings), 1)
        self.run_program("run", TINY, "--out", "b", "--quiet", *options)
        plain = self.read_json("b/report.json")
        for report in (watched, plain):
            del report["simulation"]
        self.assertEqual(watched, plain)

    def test_phases(self):
        timeline, report = self.timeline("phases")
        self.assertFalse(timeline.other["truncated"])
        self.check_rules(timeline)
        self.check_bytes(timeline, report)
        kinds = self.check_flows(timeline)
        # Two steps of two layers and two KV heads, four blocks each, in one piece.
        self.assertEqual(kinds["photonic", "dma"], 8)
        self.assertGreaterEqual(kinds["dma", "compute"], 8)
        self.assertEqual([event["name"] for event in timeline.tracks["decode", "steps and layers"]],
                         ["step 0", "layer 0", "layer 1", "step 1", "layer 0", "layer 1"])
        names = {event["name"] for event in timeline.of_phase("C")}
        self.assertLessEqual({"bandwidth_gbps", "queue_depth_requests", "hbm_power_w", "photonic_power_w",
                              "hbm_temperature_c", "photonic_off_set_point_mk"}, names)
        self.check_queues(timeline)
        self.assertEqual(timeline.of_phase("b"), [])

    def test_transactions(self):
        timeline, report = self.timeline("transactions")
        self.check_rules(timeline)
        self.check_bytes(timeline, report)
        begun = {event["id"]: event for event in timeline.of_phase("b")}
        ended = {event["id"]: event for event in timeline.of_phase("e")}
        self.assertEqual(begun.keys(), ended.keys())
        for identity, event in begun.items():
            self.assertLessEqual(event["ts"], ended[identity]["ts"])
        hbm = [event for event in begun.values() if timeline.names[event["pid"], event["tid"]][0] == "hbm"]
        self.assertEqual(sum(event["args"]["bytes"] for event in hbm),
                         report["hbm"]["bytes_read"] + report["hbm"]["bytes_written"])
        self.assertEqual(len(hbm), report["modules"]["hbm"]["requests"])

    def test_changes_nothing(self):
        _, watched = self.timeline("transactions")
        self.run_program("run", TINY, "--out", "b", "--quiet")
        plain = self.read_json("b/report.json")
        self.assertFalse((self.folder / "b/timeline.json").exists())
        for report in (watched, plain):
            del report["simulation"]
        self.assertEqual(watched, plain)

    def test_says_when_it_is_cut(self):
        done = self.run_program("run", TINY, "--out", "a", "--quiet", "--timeline", "transactions", "--timeline-events", 500)
        self.assertIn("the timeline is cut: 500 events are in it", done.stderr)
        timeline = Timeline(self.read_json("a/timeline.json"))
        self.assertTrue(timeline.other["truncated"])
        self.assertEqual(timeline.other["events"], 500)
        self.check_rules(timeline)
        self.check_flows(timeline)

    def test_firmware_functions(self):
        try:
            timeline, report = self.timeline("phases", "--set", "cpu.model=rv64", "--set", "workload.steps=1")
        except AssertionError as problem:
            if "decode.elf" in str(problem):
                self.skipTest("the firmware has not been cross-compiled")
            raise
        self.check_rules(timeline)
        self.check_bytes(timeline, report)
        functions = timeline.tracks["cpu", "firmware functions"]
        names = collections.Counter(event["name"] for event in functions)
        self.assertEqual(names["decode_attend_layer"], 2)
        within = [event for event in functions if event["name"] == "decode_attend_layer"]
        for event in functions:
            if event["name"] == "prism_photonic_rank":
                self.assertTrue(any(outer["ts"] <= event["ts"] and event["ts"] + event["dur"] <= outer["ts"] + outer["dur"] + 1e-6
                                    for outer in within), event)


if __name__ == "__main__":
    unittest.main()
