# SPDX-License-Identifier: Apache-2.0
"""Tables for those who have pandas."""
from .errors import PrismError


def frame(rows):
    """A DataFrame of a list of dictionaries."""
    try:
        import pandas
    except ImportError as problem:
        raise PrismError("data frames need pandas (Debian: python3-pandas); the rows themselves do not") from problem
    return pandas.DataFrame(rows)
