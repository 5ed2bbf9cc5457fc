"""Forms as they come back on paper: typed or filled by pen, then scanned, faxed or photographed.

The pages are made from the kept blank at 300 dpi. Pens are fonts made from people's hands, and marks drawn with a
shaking line. Every picture is the same each time for the same seed.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from parsers.readers.layout import Box, layout
from parsers.write.fill import by_control
from parsers.write.landmarks import MM
from tests.parsers.kit import FORM, PDF

Picture = NDArray[np.uint8]
Degrade = Callable[[Picture, random.Random], Picture]

DPI = 300
_Z = DPI / 72
_HIGH = 841.89  # points of an A4 page

_FONTS = Path("/usr/share/fonts")
#: Debian's fonts made from people's hands; the last one is hard to read.
HANDS: Mapping[str, Path] = {
    "dkg": _FONTS / "truetype/fifthhorseman/dkg.ttf",
    "breip": _FONTS / "truetype/breip/Breip.ttf",
    "rufscript": _FONTS / "truetype/rufscript/Rufscript010.ttf",
    "humor": _FONTS / "truetype/humor-sans/Humor-Sans.ttf",
    "build": _FONTS / "opentype/bwht/BecauseWeBuild-Regular.otf",
    "steve": _FONTS / "truetype/sjfonts/SteveHand.ttf",
    "femke": _FONTS / "truetype/femkeklaver/femkeklaver.ttf",
    "kristi": _FONTS / "truetype/kristi/Kristi.ttf",
}
CAPITALS = ("humor", "build")  # these have no small letters
MARKS = ("tick", "cross", "tick", "cross", "big tick", "slash", "filled")


@cache
def blank_pages() -> tuple[Picture, ...]:
    return rendered(PDF)


def rendered(data: bytes) -> tuple[Picture, ...]:
    """Each page of a PDF as a printer puts it on paper: RGB at 300 dpi."""
    document = pypdfium2.PdfDocument(data)
    return tuple(np.asarray(page.render(scale=_Z).to_pil().convert("RGB")) for page in document)


def by_pen(answers: Mapping[str, Any], seed: int, hand: str = "dkg", marks: Sequence[str] = MARKS) -> list[Picture]:
    """The blank's pages filled in by hand with these answers."""
    if not HANDS[hand].exists():
        pytest.skip("the handwriting fonts are not installed on this machine: make packages")
    rng = random.Random(seed)
    pages = [Image.fromarray(page) for page in blank_pages()]
    ink = rng.choice([(20, 20, 40), (25, 45, 140), (10, 10, 10), (40, 40, 60)])
    usual, controls = rng.choice(marks), layout(FORM).controls
    for name, words in by_control(answers).items():
        boxes = controls[name]
        draw = ImageDraw.Draw(pages[boxes[0].page - 1])
        if boxes[0].state:
            box = next(box for box in boxes if box.state == words)
            style = usual if rng.random() < 0.8 else rng.choice(marks)
            mark(draw, on_paper(box), style, rng, ink)
        else:
            write(draw, on_paper(boxes[0]), words, hand, rng, ink)
    return [np.asarray(page) for page in pages]


Place = tuple[float, float, float, float]


def on_paper(box: Box) -> Place:
    """A box in pixels of the printed page, from its upper left corner."""
    left, bottom, right, top = box.rect
    return left * _Z, (_HIGH - top) * _Z, right * _Z, (_HIGH - bottom) * _Z


_STROKES: Mapping[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "tick": (((0.1, 0.5), (0.4, 0.9), (1.15, -0.25)),),
    "big tick": (((-0.1, 0.4), (0.35, 1.0), (1.8, -0.8)),),
    "small tick": (((0.3, 0.55), (0.45, 0.72), (0.72, 0.3)),),
    "cross": (((0.05, 0.05), (0.95, 0.95)), ((0.95, 0.05), (0.05, 0.95))),
    "slash": (((0.1, 0.95), (0.9, 0.05)),),
    "filled": tuple(((0.1, 0.1 + row / 10), (0.9, 0.1 + row / 10)) for row in range(9)),
    "dot": (((0.4, 0.5), (0.6, 0.5)), ((0.42, 0.42), (0.58, 0.58)), ((0.5, 0.4), (0.5, 0.6))),
    "circled label": (tuple((3.4 + 4.4 * np.cos(a), 0.5 + 0.9 * np.sin(a)) for a in np.linspace(0, 6.5, 30)),),
    "crossed out": (((-0.3, 0.2), (6.0, 0.9)), ((-0.3, 0.8), (6.0, 0.3))),
}


def mark(draw: ImageDraw.ImageDraw, place: Place, style: str, rng: random.Random, ink: Any = (20, 20, 40)) -> None:
    """A mark made in, or around, a box."""
    left, top, right, bottom = place
    wide, high, line = right - left, bottom - top, rng.choice([4, 5, 6, 7])
    for stroke in _STROKES[style]:
        shaken = [
            (left + (x + rng.uniform(-0.08, 0.08)) * wide, top + (y + rng.uniform(-0.08, 0.08)) * high)
            for x, y in stroke
        ]
        draw.line(shaken, fill=ink, width=line, joint="curve")


def write(draw: ImageDraw.ImageDraw, place: Place, words: str, hand: str, rng: random.Random, ink: Any) -> None:
    """Words written into a box as large as they fit, each word a little off its line."""
    left, top, right, bottom = place
    wide, high, one_line = right - left - 14, bottom - top, bottom - top < 100
    size = min(int(high * 1.15), 62) if one_line else 50
    font, lines = _fitting(draw, words, hand, size, wide, high, one_line=one_line)
    pitch = float(sum(font.getmetrics()))
    y = top + ((high - pitch) / 2 if one_line else 0) + rng.uniform(-2, 2)
    for line in lines:
        x = left + 7 + rng.uniform(0, 8)
        for word in line.split(" "):
            draw.text((x, y + rng.uniform(-1.5, 1.5)), word, font=font, fill=ink)
            x += draw.textlength(word + " ", font=font) + rng.uniform(-1, 3)
        y += pitch


def _fitting(
    draw: ImageDraw.ImageDraw, words: str, hand: str, size: int, wide: float, high: float, *, one_line: bool
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    while True:
        font = ImageFont.truetype(str(HANDS[hand]), size)
        lines = [words] if one_line else list(_wrapped(draw, words, font, wide))
        fits = draw.textlength(words, font=font) <= wide if one_line else sum(font.getmetrics()) * len(lines) <= high
        if fits or size <= 16:
            return font, lines
        size -= 2


def _wrapped(draw: ImageDraw.ImageDraw, words: str, font: ImageFont.FreeTypeFont, wide: float) -> Iterable[str]:
    for paragraph in words.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if line and draw.textlength(longer, font=font) > wide:
                yield line
                longer = word
            line = longer
        yield line


# -- what scanners, fax machines and telephones do to a page --


def scan_300(page: Picture, rng: random.Random) -> Picture:
    """An office scanner, grey, nearly straight."""
    turned = _turned(page, rng.uniform(-1, 1), (rng.uniform(-20, 20), rng.uniform(-20, 20)), 0.985)
    return _jpeg(_noisy(cv2.GaussianBlur(_grey(turned), (3, 3), 0.6), 5, rng), 75)


def scan_200(page: Picture, rng: random.Random) -> Picture:
    return _small_scan(page, rng, 200)


def scan_150(page: Picture, rng: random.Random) -> Picture:
    return _small_scan(page, rng, 150)


def _small_scan(page: Picture, rng: random.Random, dpi: int) -> Picture:
    turned = _turned(page, rng.uniform(-3, 3), (rng.uniform(-20, 20), rng.uniform(-20, 20)), 0.96)
    return _jpeg(_noisy(_grey(_sized(turned, dpi / DPI)), 7, rng), 40)


def bilevel(page: Picture, rng: random.Random) -> Picture:
    """Black and white at 200 dpi, with specks."""
    turned = _turned(page, rng.uniform(-2, 2), (rng.uniform(-20, 20), rng.uniform(-20, 20)), 0.97)
    black = np.where(_noisy(_grey(_sized(turned, 200 / DPI)), 12, rng) > 165, 255, 0).astype(np.uint8)
    specks = _random(rng).random(black.shape)
    black[specks < 0.0015], black[specks > 0.999] = 0, 255
    return black


def fax(page: Picture, rng: random.Random) -> Picture:
    """A standard fax: 204 dots an inch across and 98 down, shown with square dots."""
    turned = _turned(page, rng.uniform(-1.5, 1.5), (0, 0), 0.97)
    small = cv2.resize(_grey(turned), (1728, 1194), interpolation=cv2.INTER_AREA)
    black = np.where(_noisy(small, 10, rng) > 150, 255, 0).astype(np.uint8)
    return np.asarray(cv2.resize(black, (1728, 2388), interpolation=cv2.INTER_NEAREST), np.uint8)


def photo(page: Picture, rng: random.Random) -> Picture:
    """A telephone held over the page on a desk, in the light of one side."""
    seen = _shaded(_on_a_desk(page, rng, 0.04, 2.5), rng, 0.2)
    return _jpeg(_noisy(cv2.GaussianBlur(_sized(seen, 0.72), (0, 0), 0.8), 6, rng), 60)


def hard_photo(page: Picture, rng: random.Random) -> Picture:
    """A curled page, aslant, in shadow, blurred."""
    high, wide = page.shape[:2]
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    dx, dy = 6 * np.sin(y / high * 3.1), 14 * np.sin(x / wide * 3.14 + 0.5)
    curled = cv2.remap(page, (x + dx).astype(np.float32), (y + dy).astype(np.float32), cv2.INTER_LINEAR)
    seen = _shaded(_on_a_desk(np.asarray(curled, np.uint8), rng, 0.09, 6), rng, 0.38, shadow=True)
    return _jpeg(_noisy(cv2.GaussianBlur(_sized(seen, 0.6), (0, 0), 1.2), 6, rng), 45)


DEGRADED: Mapping[str, Degrade] = {
    "300 dpi": scan_300,
    "200 dpi": scan_200,
    "150 dpi": scan_150,
    "bilevel": bilevel,
    "fax": fax,
    "photo": photo,
    "hard photo": hard_photo,
}


def seen(pages: Iterable[Picture], how: str, seed: int) -> list[Picture]:
    """The pages as such a device gives them."""
    rng = random.Random(seed)
    return [DEGRADED[how](page, rng) for page in pages]


def without_code(page: Picture) -> Picture:
    """The page without its QR code."""
    erased, right = page.copy(), page.shape[1]
    side = round(24 * MM * _Z)
    erased[: round(28 * MM * _Z), right - round(14 * MM * _Z) - side : right - round(14 * MM * _Z)] = 255
    return erased


def without_marks(page: Picture) -> Picture:
    """The page without the squares in its corners."""
    erased, side = page.copy(), round(14 * MM * _Z)
    for rows in (slice(0, side), slice(page.shape[0] - side, None)):
        for columns in (slice(0, side), slice(page.shape[1] - side, None)):
            erased[rows, columns] = 255
    return erased


def upside_down(page: Picture) -> Picture:
    return np.asarray(np.rot90(page, 2), np.uint8)


# -- the files that come --


def as_pdf(pages: Iterable[Picture], dpi: float = 200) -> bytes:
    """A scanner's PDF: a picture on each page."""
    return _saved([Image.fromarray(page) for page in pages], "PDF", resolution=dpi)


def as_tiff(pages: Iterable[Picture], **more: Any) -> bytes:
    return _saved([Image.fromarray(page) for page in pages], "TIFF", **more)


def as_jpeg(page: Picture, orientation: int = 1) -> bytes:
    """A telephone's JPEG; `orientation` is EXIF's: 1 as it is, 6 to be turned right, 3 upside down, 8 left."""
    turns = {1: 0, 8: 3, 3: 2, 6: 1}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _saved([Image.fromarray(np.ascontiguousarray(np.rot90(page, turns)))], "JPEG", exif=exif, quality=80)


def as_png(page: Picture) -> bytes:
    return _saved([Image.fromarray(page)], "PNG")


def _saved(images: list[Image.Image], kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    if kind in ("PDF", "TIFF"):
        more = {"save_all": True, "append_images": images[1:], **more}
    images[0].save(out, kind, **more)
    return out.getvalue()


def _random(rng: random.Random) -> np.random.Generator:
    return np.random.default_rng(rng.randint(0, 1 << 30))


def _grey(page: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)


def _sized(page: Picture, factor: float) -> Picture:
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _noisy(page: Any, sigma: float, rng: random.Random) -> Picture:
    noise = _random(rng).normal(0, sigma, page.shape)
    return np.asarray(np.clip(page.astype(np.float32) + noise, 0, 255), np.uint8)


def _jpeg(page: Picture, quality: int) -> Picture:
    code = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_UNCHANGED), np.uint8)


def _turned(page: Picture, degrees: float, shift: tuple[float, float], scale: float, around: int = 255) -> Picture:
    high, wide = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, scale)
    matrix[:, 2] += np.array(shift)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    border = (around,) * 3
    return np.asarray(cv2.warpAffine(page, matrix, (wide, high), flags=way, borderValue=border), np.uint8)


def _on_a_desk(page: Picture, rng: random.Random, aslant: float, degrees: float) -> Picture:
    high, wide = int(page.shape[0] * 1.1), int(page.shape[1] * 1.15)
    wood = np.full((high // 4, wide // 4, 3), [rng.randint(60, 130) for _ in range(3)], np.uint8)
    desk = cv2.resize(_noisy(wood, 12, rng), (wide, high))
    x, y = wide * 0.06, high * 0.04
    off = [(rng.uniform(0, aslant * wide), rng.uniform(0, aslant * high)) for _ in range(4)]
    corners = [(x, y), (wide - x, y), (wide - x, high - y), (x, high - y)]
    inwards = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    there = [(c[0] + i[0] * o[0], c[1] + i[1] * o[1]) for c, i, o in zip(corners, inwards, off, strict=True)]
    here = [(0, 0), (page.shape[1], 0), (page.shape[1], page.shape[0]), (0, page.shape[0])]
    matrix = cv2.getPerspectiveTransform(np.array(here, np.float32), np.array(there, np.float32))
    paper = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), matrix, (wide, high))
    laid = np.where(paper[..., None] > 128, cv2.warpPerspective(page, matrix, (wide, high)), desk)
    return _turned(np.asarray(laid, np.uint8), rng.uniform(-degrees, degrees), (0, 0), 1, around=90)


def _shaded(page: Picture, rng: random.Random, depth: float, *, shadow: bool = False) -> Picture:
    high, wide = page.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, high))
    angle = rng.uniform(0, 6.28)
    light = 1 - depth * (0.5 + 0.5 * (x * np.cos(angle) + y * np.sin(angle)))
    if shadow:
        edge = x * np.cos(angle + 1) + y * np.sin(angle + 1) - rng.uniform(-0.6, 0.6)
        light *= 1 - 0.35 / (1 + np.exp(-edge * 14))
    lamp = np.array([1.0, 0.97, 0.90])  # a warm one
    return np.asarray(np.clip(page * light[..., None] * lamp, 0, 255), np.uint8)
