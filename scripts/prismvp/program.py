# SPDX-License-Identifier: Apache-2.0
"""Runs the program."""
import json
import pathlib
import shutil
import subprocess
import tempfile

from .errors import InputError, InternalError, PrismError, ResultError, SystemFailed
from .results import load_report, load_sweep

_BUILT = pathlib.Path(__file__).resolve().parents[2] / "build" / "release" / "prism-vp"


class Program:
    """Program() finds the program: the one built beside these scripts, or the one on PATH."""

    def __init__(self, path=None):
        found = path or (_BUILT if _BUILT.exists() else shutil.which("prism-vp"))
        if not found or not pathlib.Path(found).exists():
            raise PrismError(f"found no program at {found or _BUILT}, expected prism-vp: build it, or name it")
        self.path = pathlib.Path(found)

    def _call(self, arguments):
        done = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode in (0, 1):
            return done
        text = done.stderr.strip().splitlines()
        last = text[-1] if text else f"status {done.returncode}"
        raise (InputError if done.returncode == 2 else InternalError)(last)

    @staticmethod
    def _last_line(done):
        return (done.stderr.strip() or "the run failed").splitlines()[-1]

    def run(self, configuration, overrides=None, out=None, timeline="none"):
        """The Report of one run.

        configuration: a file, or a dictionary as it would stand in one (names in "extends" are then presets).
        overrides: {"policy.k": 16}. out: keeps the run's files there."""
        with tempfile.TemporaryDirectory(prefix="prism-vp-") as temporary:
            folder = pathlib.Path(out) if out else pathlib.Path(temporary) / "out"
            if isinstance(configuration, dict):
                path = pathlib.Path(temporary) / "configuration.json"
                path.write_text(json.dumps(configuration), encoding="utf-8")
                configuration = path
            arguments = ["run", configuration, "--out", folder, "--quiet", "--timeline", timeline]
            for key, value in (overrides or {}).items():
                arguments += ["--set", f"{key}={json.dumps(value)}"]
            done = self._call(arguments)
            if done.returncode == 0:
                return load_report(folder)
            try:
                report = load_report(folder)
            except ResultError:
                report = None
            raise SystemFailed(self._last_line(done), report)

    def sweep(self, specification, out, jobs=None):
        """The Sweep that has been run to its end. Points that failed are in it; their state says so."""
        arguments = ["sweep", specification, "--out", out, "--quiet"]
        if jobs:
            arguments += ["--jobs", jobs]
        self._call(arguments)
        return load_sweep(out)
