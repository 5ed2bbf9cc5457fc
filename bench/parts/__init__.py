"""The parts of the bench, in the order of the table: each a function from what is asked to what it found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bench.asked import Asked
from bench.found import Found
from bench.parts import first_start, helpdesk, receiving, replicas, requests, scans

PARTS: dict[str, Callable[[Asked], Found]] = {
    "sqlite": partial(requests.measured, "sqlite"),
    "postgres": partial(requests.measured, "postgres"),
    "receive": receiving.measured,
    "scans": scans.measured,
    "first-start": first_start.measured,
    "replicas": replicas.measured,
    "helpdesk": helpdesk.measured,
}
