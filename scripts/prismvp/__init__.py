# SPDX-License-Identifier: Apache-2.0
"""Results of prism-vp in Python: load them, and run configurations from a notebook. docs/sweeps.md has examples.

Python's own library is enough. With pandas installed, tables come as data frames (Sweep.frame, frame)."""
from .errors import InputError, InternalError, PrismError, ResultError, SystemFailed
from .frames import frame
from .program import Program
from .results import Point, Report, Sweep, load_report, load_sweep

__all__ = ["InputError", "InternalError", "Point", "PrismError", "Program", "Report", "ResultError", "Sweep",
           "SystemFailed", "frame", "load_report", "load_sweep"]
