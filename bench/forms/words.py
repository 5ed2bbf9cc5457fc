"""The plain-text form: as a file, and in the words of mails as mail programs leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bench.forms.people import People, typed
from bench.forms.returned import Returned
from mailbot.mail import parse
from parsers import MAIL_TEXT
from tests.parsers.crowd import Person
from tests.parsers.fill import by_typing
from tests.parsers.kit import BLANK_TEXT, FORM
from tests.parsers.mailing import MAILS, in_line

CHANNEL = "body text"
_KEEPS_LINES = {"pasted"}  # the others wrap them, or cannot say which were typed

Make = Callable[[Person], bytes]


def _text(person: Person) -> str:
    return by_typing.typed(BLANK_TEXT, FORM, typed(person))


def _mailed(mail: Callable[[str], bytes]) -> Make:
    """The words of a mail, decoded as the service does; quoted ones too."""
    return lambda person: parse(mail(_text(person))).text.encode()


MAKERS: dict[str, Make] = {
    **{name: _mailed(mail) for name, mail in MAILS.items()},
    "answered below each question": _mailed(lambda text: in_line(text, BLANK_TEXT)),
}


def returned(everybody: People) -> Iterator[Returned]:
    """Everybody's answers in words, in a file and mailed in each way."""
    for truth, person in everybody.each():
        yield Returned(CHANNEL, "text file", truth, "form.txt", partial(_file, person), person.meant)
    for tool, make in MAKERS.items():
        for truth, person in everybody.each():
            in_lines = tool in _KEEPS_LINES
            yield Returned(CHANNEL, tool, truth, MAIL_TEXT, partial(make, person), person.meant, layout=in_lines)


def _file(person: Person) -> bytes:
    return _text(person).encode()
