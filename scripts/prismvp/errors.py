# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, by who has to act."""


class PrismError(Exception):
    """Any of the errors below."""


class ResultError(PrismError):
    """A file that is no result, or lacks what is asked for."""


class InputError(PrismError):
    """The configuration or the command line is wrong (exit status 2)."""


class SystemFailed(PrismError):
    """The simulated system failed (exit status 1). `report`: what it measured until then, or None."""

    def __init__(self, message, report=None):
        super().__init__(message)
        self.report = report


class InternalError(PrismError):
    """The simulator itself failed (exit status 3, or a signal)."""
