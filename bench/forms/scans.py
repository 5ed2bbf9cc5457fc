"""Forms on paper: typed and printed, or filled in by pen; then scanned, faxed or photographed.

Each file is read once and judged twice: typed forms by their answers and by their boxes, pen forms by their boxes and
by the letters of their handwriting, which are suggestions and never count as sure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cache, partial
from statistics import median

from rapidfuzz.distance import Levenshtein

from bench.forms import score
from bench.forms.made import kept
from bench.forms.people import People, typed
from bench.forms.reading import Read, read
from bench.forms.returned import Returned, Row
from parsers import Answer
from parsers.readers.boxes import DOUBTS
from tests.parsers.crowd import Person
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import FORM, PDF
from tests.parsers.printing import PROGRAMS
from tests.parsers.scanning import CAPITALS, DEGRADED, HANDS, Picture, as_pdf, by_pen, rendered, seen

TYPED, TYPED_BOXES, PEN_BOXES, PEN_LINES = "typed scan", "typed boxes", "pen boxes", "pen lines"
#: no promise is made of a curled page aslant in shadow, nor of two hands that people too find hard to read
HARD, HARD_HANDS = "hard photo", ("femke", "kristi")
_PRINTED_BY = ("pdfium", "cairo", "gs")
_SMOKE = ("200 dpi", "photo")
_COUNTS = ("documents", "answers", "right", "asked", "silent")


@dataclass(frozen=True)
class _Done:
    """A form on paper that was read: whose it was, whose hand, and by what it was seen."""

    person: Person
    hand: str
    how: str
    file: Returned
    read: Read


def measures(everybody: People, pool: Executor, *, smoke: bool) -> Iterator[tuple[str, Callable[[], list[Row]]]]:
    """The name of each device, and what measures it."""
    devices = _SMOKE if smoke else tuple(DEGRADED)
    hands = tuple(HANDS)[:1] if smoke else tuple(HANDS)
    for how in devices:
        yield f"{TYPED}/{how}", partial(_of_typed, how, everybody.plain, pool)
    for how in devices:
        yield f"{PEN_BOXES}/{how}", partial(_of_pens, how, everybody.plain, hands, pool)


def _of_typed(how: str, persons: Sequence[Person], pool: Executor) -> list[Row]:
    done = [_typed(pool, person, number, how) for number, person in enumerate(persons)]
    return [score.row([one.file for one in done], [one.read for one in done], FORM), _boxes(TYPED_BOXES, how, done)]


def _of_pens(how: str, persons: Sequence[Person], hands: Sequence[str], pool: Executor) -> list[Row]:
    """The boxes, the lines of those whose hands can be read, and the lines of each hand by itself."""
    done = [_penned(pool, persons, number, hand, how) for number, hand in enumerate(hands)]
    each = [_lines(how, hand, [one for one in done if one.hand == hand]) for hand in hands]
    return [_boxes(PEN_BOXES, how, done), _lines(how, "", [one for one in done if one.hand not in HARD_HANDS]), *each]


def is_of_hand(row: Row) -> bool:
    """Whether this row is of one hand and one device."""
    return row.channel == PEN_LINES and bool(row.geometry)


def of_hands(rows: Sequence[Row]) -> Iterator[Row]:
    """The figures of each hand over all devices but the hard one."""
    for hand in HANDS:
        if mine := [row for row in rows if (row.geometry, row.tool != HARD) == (hand, True)]:
            counted = {key: sum(getattr(row, key) for row in mine) for key in _COUNTS}
            peak = max(row.peak_mb for row in mine)
            yield replace(mine[0], tool="every device but the hard one", peak_mb=peak, **counted)


def _typed(pool: Executor, person: Person, number: int, how: str) -> _Done:
    program = _PRINTED_BY[number % len(_PRINTED_BY)]
    data = kept(lambda: as_pdf(seen(_printed(person, program), how, number)), program, how, number, typed(person))
    return _read(pool, person, "", how, TYPED, data)


@cache
def _printed(person: Person, program: str) -> tuple[Picture, ...]:
    return rendered(PROGRAMS[program](CLIENTS["pdfium"](PDF, typed(person))))


def _penned(pool: Executor, persons: Sequence[Person], number: int, hand: str, how: str) -> _Done:
    person = persons[(number + list(DEGRADED).index(how)) % len(persons)]
    data = kept(
        lambda: as_pdf(seen(by_pen(person.written, number, hand), how, number)), hand, how, number, typed(person)
    )
    return _read(pool, person, hand, how, PEN_BOXES, data)


def _read(pool: Executor, person: Person, hand: str, how: str, channel: str, data: bytes) -> _Done:
    file = Returned(channel, how, "plain", "scan.pdf", lambda: data, person.meant, layout=False)
    return _Done(person, hand, how, file, pool.submit(read, "scan.pdf", data).result())


def _boxes(channel: str, how: str, done: Sequence[_Done]) -> Row:
    """Every box of the form is a decision: on or off."""
    verdicts = Counter(verdict for one in done for verdict in _of_boxes(one))
    return _row(channel, how, "", done, verdicts)


def _of_boxes(one: _Done) -> Iterator[str]:
    answers = one.read.readings[0].answers if one.read.readings else {}
    for field in (field for field in FORM.fields if field.options):
        for key in field.keys:
            answer, meant = answers.get(key), _chosen(one.person.meant.get(key))
            if answer is None or "page" not in (answer.where or {}) or _doubted(answer):
                yield from ("asked" for _ in field.options)
            else:
                found = _chosen(answer.value)
                yield from ("right" if (o in found) == (o in meant) else "silent" for o, _ in field.options)


def _doubted(answer: Answer) -> bool:
    """Whether the boxes of an answer are in doubt, and not only the words beside them."""
    return not answer.sure and (
        not isinstance(answer.value, dict) or any(one in (answer.remark or "") for one in DOUBTS)
    )


def _chosen(value: object) -> set[str]:
    if isinstance(value, dict):
        value = value.get("choice")
    return set(value) if isinstance(value, list) else {str(value)}


def _lines(how: str, hand: str, done: Sequence[_Done]) -> Row:
    """Every letter of the handwriting: right or not; silent where the answer claims to be sure and is wrong."""
    verdicts: Counter[str] = Counter()
    for one in done:
        for key, (meant, answer) in _written(one).items():
            said, should = _bare(_said(answer), one.hand), _bare(meant, one.hand)
            wrong = Levenshtein.distance(said, should)
            sure = bool(answer and answer.sure) and key != ""
            verdicts["silent" if sure and wrong else "asked"] += min(wrong, len(should))
            verdicts["right"] += max(0, len(should) - wrong)
    return _row(PEN_LINES, how, hand, done, verdicts)


def _written(one: _Done) -> dict[str, tuple[str, Answer | None]]:
    """The words that somebody wrote for each question, beside what was read."""
    answers = one.read.readings[0].answers if one.read.readings else {}
    texts = {key: _text(value) for key, value in one.person.written.items() if key in FORM}
    free = {key: text for key, text in texts.items() if text and not (FORM[key].options and not FORM[key].has_text)}
    return {key: (text, answers.get(key)) for key, text in free.items()}


def _text(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("text") or "")
    return value if isinstance(value, str) else ""


def _said(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return _text(answer.value) if isinstance(answer.value, dict) else answer.raw


def _bare(words: str, hand: str) -> str:
    bare = "".join(words.split())
    return bare.casefold() if hand in CAPITALS else bare


def _row(channel: str, how: str, geometry: str, done: Sequence[_Done], verdicts: Counter[str]) -> Row:
    return Row(
        channel,
        how,
        "plain",
        geometry,
        documents=len(done),
        answers=sum(verdicts.values()),
        right=verdicts["right"],
        asked=verdicts["asked"],
        silent=verdicts["silent"],
        seconds=round(median(one.read.seconds for one in done), 2),
        peak_mb=round(max(one.read.peak_mb for one in done)),
        problems=tuple(sorted({p.code for one in done for r in one.read.readings for p in r.problems})),
    )
