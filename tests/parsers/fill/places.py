"""Where each control of a blank stands, for programs that are told places instead of names."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf


@dataclass(frozen=True)
class Place:
    """A widget: its field's name, the state that a button stands for, its page from 0 and its rectangle."""

    name: str
    state: str
    page: int
    rect: tuple[float, float, float, float]

    @property
    def middle(self) -> tuple[float, float]:
        left, bottom, right, top = self.rect
        return (left + right) / 2, (bottom + top) / 2


def places(blank: bytes) -> list[Place]:
    found = []
    with pikepdf.open(io.BytesIO(blank)) as document:
        for number, page in enumerate(document.pages):
            for widget in page.obj.get("/Annots", ()):
                field = widget if "/T" in widget else widget.Parent
                states = list(widget.AP.N.keys()) if str(field.FT) == "/Btn" else []
                state = next((state[1:] for state in states if state != "/Off"), "")
                left, bottom, right, top = (float(side) for side in widget.Rect)
                found.append(Place(str(field.T), state, number, (left, bottom, right, top)))
    return found


def to_do(blank: bytes, wanted: dict[str, str]) -> list[tuple[Place, str]]:
    """The widgets to touch: text to type, or `` for a button to press."""
    return [
        (place, "" if place.state else wanted[place.name])
        for place in places(blank)
        if place.name in wanted and place.state in ("", wanted[place.name])
    ]
