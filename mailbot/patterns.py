"""Regular expressions of many alternatives, one a line, so that people can read them."""

from __future__ import annotations

import re


def any_of(*alternatives: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """One of these, whatever their case, between `before` and `after`."""
    return re.compile(f"{before}(?:{'|'.join(alternatives)}){after}", re.IGNORECASE)
