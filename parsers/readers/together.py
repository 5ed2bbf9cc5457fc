"""Pages of a form, each read by itself -> what the file says: which pages are missing, and what is on one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from parsers.answers import Written
from parsers.form import Form
from parsers.found import Found
from parsers.readers import Source
from parsers.readers.layout import Layout
from parsers.readers.losses import doubting_gaps, doubting_wiped, losses
from parsers.reading import How, Problem, Unreadable, pages_missing, pages_of
from parsers.value import DOUBTFUL, UNSURE

Controls = Mapping[str, Written]


@dataclass(frozen=True)
class Page:
    """A page that was read: what stands in each of its controls and, of a picture, what each question looks like."""

    version: str
    number: int  # in the form, from 1
    controls: Controls
    sheet: int = 0
    by_picture: bool = False
    crops: Mapping[str, Callable[[], str]] = field(default_factory=dict)  # by answer key
    unwritten: frozenset[str] = frozenset()  # controls with the space that the blank has in each empty field


def form_of(versions: set[str], source: Source) -> Form | None:
    """The form of these versions; raises Unreadable where they are several, or one that is not known."""
    if not versions:
        return None
    if len(versions) > 1:
        raise Unreadable("unsupported", "Pages of different versions of our form are mixed here; a person must look.")
    for form in source.forms:
        if form.version in versions:
            return form
    raise Unreadable("unknown_version", "This is our form in a version that we do not have.")


def together(
    form: Form, blank: Layout, pages: Sequence[Page], seen: set[int], sheets: int, *, cut_off: bool = False
) -> Found:
    """The form of these pages, and those that follow it in the same file; `seen` are the pages there, read or not."""
    first, *others = list(_runs(pages)) or [[]]
    read = {page.number for page in pages}
    # what was seen and not read belongs to nobody in particular
    unread = seen - read
    if not others:
        return _form(form, blank, first, read | unread, sheets, cut_off=cut_off)
    whole, *made = [
        _form(form, blank, run, {page.number for page in run} | unread, len(run), cut_off=cut_off)
        for run in (first, *others)
    ]
    return replace(whole, others=tuple(made))


def _runs(pages: Sequence[Page]) -> Iterator[list[Page]]:
    """The pages in the order of their sheets, parted where one comes that was there before: another form begins."""
    run: list[Page] = []
    for page in sorted(pages, key=lambda page: page.sheet):
        if page.number in {one.number for one in run}:
            yield run
            run = []
        run.append(page)
    if run:
        yield run


def _form(form: Form, blank: Layout, pages: Sequence[Page], seen: set[int], sheets: int, *, cut_off: bool) -> Found:
    on_paper = any(page.by_picture for page in pages)
    written: dict[str, list[Written]] = {}
    for page in pages:
        for name, one in page.controls.items():
            written.setdefault(name, []).append(one)
    read = {page.number for page in pages}
    reader: How = "scan" if on_paper else "flat"
    controls = {**_not_found(blank, read, reader), **{name: _one(there) for name, there in written.items()}}
    whole = read >= set(range(1, blank.pages + 1))
    unwritten = frozenset(name for page in pages for name in page.unwritten)
    known = doubting_wiped(form, controls, unwritten)
    doubtful = doubting_gaps(form, known, cut_off=cut_off, on_paper=whole)
    lost = () if cut_off else losses(form, doubtful)
    crops = {key: crop for page in reversed(pages) for key, crop in page.crops.items()}
    return Found(form, doubtful, reader, sheets, (*_gaps(seen, read, blank), *lost), crops=crops)


def _not_found(blank: Layout, pages: set[int], reader: str) -> dict[str, Written]:
    absent = {page: blank.on(page) for page in range(1, blank.pages + 1) if page not in pages}
    return {
        name: Written("", DOUBTFUL, f"page {page}, where this stands, was not found", {"reader": reader})
        for page, controls in absent.items()
        for name in controls
    }


def _one(there: Sequence[Written]) -> Written:
    """A page may be there twice; what then differs is a conflict."""
    filled = [one for one in there if not one.blank]
    texts = tuple(dict.fromkeys(text for one in filled for text in one.candidates or (one.text,)))
    if len(texts) > 1:
        return replace(filled[0], text="", confidence=DOUBTFUL, remark=filled[0].remark or _TWICE, candidates=texts)
    if filled and len(filled) < len(there):
        return replace(filled[0], confidence=UNSURE, remark="this page is here twice, once without this answer")
    return min(there, key=lambda one: one.confidence)


_TWICE = "this page is here twice, with different answers"


def _gaps(seen: set[int], read: set[int], blank: Layout) -> Iterator[Problem]:
    wanted = set(range(1, blank.pages + 1))
    if missing := wanted - seen:
        yield pages_missing(missing)
    if unread := wanted & seen - read:
        yield Problem("needs_scan", f"{pages_of(unread)} a picture or not whole; a person must read that.")
