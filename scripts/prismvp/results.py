# SPDX-License-Identifier: Apache-2.0
"""report.json and sweep.json as objects."""
import json
import pathlib

from .errors import ResultError
from .frames import frame


def _read(place, name, members):
    path = pathlib.Path(place)
    if path.is_dir():
        path = path / name
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ResultError(f"{path}: found {problem.strerror}, expected a {name}") from problem
    except ValueError as problem:
        raise ResultError(f"{path}: found no JSON ({problem}), expected a {name}") from problem
    for member in members:
        if not isinstance(document, dict) or member not in document:
            raise ResultError(f"{path}: found no \"{member}\", expected a {name}")
    return path, document


class Report:
    """One run. `data` is report.json; the properties are of one decode step."""

    def __init__(self, data, path=None):
        self.data = data
        self.path = path

    def get(self, dotted):
        """report.get("hbm.bytes_by_purpose.kv_read"). A statistic's own name may have dots."""
        node = self.data
        rest = dotted
        while rest:
            if not isinstance(node, dict):
                raise ResultError(f"{dotted}: not in the report")
            if rest in node:
                return node[rest]
            key = max((key for key in node if rest.startswith(key + ".")), key=len, default=None)
            if key is None:
                raise ResultError(f"{dotted}: not in the report")
            node, rest = node[key], rest[len(key) + 1:]
        return node

    @property
    def steps(self):
        return max(1, self.data["decode"]["steps_done"])

    @property
    def policy(self):
        return self.data["selection"]["policy"]

    @property
    def bytes_by_purpose(self):
        return {purpose: count / self.steps for purpose, count in self.data["hbm"]["bytes_by_purpose"].items()}

    @property
    def kv_bytes(self):
        bytes_ = self.bytes_by_purpose
        return bytes_["kv_read"] + bytes_["kv_append"]

    @property
    def time_ns(self):
        return self.data["decode"]["time_per_step_ns"]

    @property
    def energy_pj(self):
        return self.data["energy_pj"]["per_step_total"]

    def flat(self):
        """{dotted key: number or text} of everything but the configuration; series are left out."""
        found = {}

        def visit(path, node):
            if isinstance(node, dict):
                for key, inner in node.items():
                    visit(f"{path}.{key}" if path else key, inner)
            elif not isinstance(node, list):
                found[path] = node

        visit("", {key: value for key, value in self.data.items() if key != "config"})
        return found

    def bandwidth(self, way="read"):
        """[(start in ns, GB/s)] of the HBM; way: "read" or "written"."""
        series = self.data["modules"]["hbm"][f"bytes_{way}_over_time"]
        return [(i * series["bin_ns"], count / series["bin_ns"]) for i, count in enumerate(series["values"])]


class Point:
    """One point of a sweep: `name`, `values` {key: value}, `figures` {name: number or None}, `state`, `reason`."""

    def __init__(self, data, folder):
        self.name = data["name"]
        self.key = data["key"]
        self.state = data["state"]
        self.exit_status = data["exit_status"]
        self.reason = data["reason"]
        self.values = data["values"]
        self.figures = data["figures"]
        self._folder = folder

    @property
    def report(self):
        if self.state != "done":
            raise ResultError(f"{self.name}: {self.state} {self.reason}".rstrip())
        return load_report(self._folder / "cache" / self.key)


class Sweep:
    """A finished sweep: a sequence of points."""

    def __init__(self, data, folder):
        self.name = data["name"]
        self.keys = data["keys"]
        self.points = [Point(point, folder) for point in data["points"]]

    def __len__(self):
        return len(self.points)

    def __iter__(self):
        return iter(self.points)

    def select(self, **values):
        """Points with these values; a dot is written as two underscores: select(policy__name="prism")."""
        wanted = {key.replace("__", "."): value for key, value in values.items()}
        for key in wanted:
            if key not in self.keys:
                raise ResultError(f"{key}: no key of this sweep, which has {', '.join(self.keys)}")
        return [point for point in self.points if all(point.values[key] == value for key, value in wanted.items())]

    def rows(self):
        return [{"point": point.name, **point.values, "state": point.state, **point.figures} for point in self.points]

    def frame(self):
        """A pandas DataFrame, a row a point."""
        return frame(self.rows())


def load_report(place):
    """Of a file, or of the folder that holds it."""
    path, document = _read(place, "report.json", ["config", "decode", "hbm", "selection", "energy_pj", "modules"])
    return Report(document, path)


def load_sweep(place):
    path, document = _read(place, "sweep.json", ["name", "keys", "points"])
    return Sweep(document, path.parent)
