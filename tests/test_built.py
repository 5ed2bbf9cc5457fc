"""The tree of a mail's parts is the standard library's own, or is left to it."""

from __future__ import annotations

import email
from collections.abc import Iterable
from email import policy
from email.message import Message
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mail import corpus
from bench.requests import request
from mailbot.mail.built import built, plainly_built
from mailbot.mail.head import mended
from tests.desk import US
from tests.fuzz import OWN, mutated

MUTATED = 3_000


def told(message: Message) -> dict[str, Any]:
    """All that a message holds, and its parts hold."""
    payload = vars(message)["_payload"]
    return {
        **vars(message),
        "defects": [repr(one) for one in message.defects],
        "_payload": [told(one) for one in payload] if isinstance(payload, list) else payload,
    }


def is_plain(raw: bytes) -> bool:
    """Whether a mail is built here; then nothing of it may differ."""
    found = plainly_built(raw)
    if found is None:
        return False
    assert told(found) == told(email.message_from_bytes(raw, policy=policy.compat32)), raw
    return True


def plain(mails: Iterable[bytes]) -> float:
    """The share of mails that are built here."""
    said = [is_plain(raw) for raw in mails]
    return sum(said) / len(said)


def test_requests() -> None:
    assert plain(request(number, US) for number in range(100)) == 1


def test_our_mails() -> None:
    assert plain(path.read_bytes() for path in sorted(OWN.glob("*.eml"))) > 0.8


@pytest.mark.skipif(not corpus.CORPUS.is_dir(), reason="the corpus of real mails is not beside the repository")
def test_real_mails() -> None:
    assert plain(mended(one.raw) for one in corpus.mails()) > 0.5
    plain(one.raw for one in (*corpus.mails(), *corpus.others()))


def test_mutated_mails() -> None:
    assert plain(mutated(number) for number in range(MUTATED)) > 0.1


# -- mails made of what multiparts are made of

BOUNDARIES = ("b", "b1", "bb", "b--", "-b", "b b", "=_b.1", "b(", "B", "é", "", " ", "b" * 70, "b" * 71)
TYPES = (
    'multipart/mixed; boundary="{0}"', "multipart/mixed; boundary={0}", "Multipart/Related; type=a; boundary={0}; charset=x",
    'multipart/digest; boundary="{0}"', "multipart/mixed", "multipart; boundary={0}", "message/rfc822", "message/delivery-status",
    "text/plain", "text/html; charset=utf-8", "application/pdf; name=é", "nonsense",
)  # fmt: skip
FIELDS = (
    "Subject: a", "Subject:", "Subject: é", "X-A:\n b\n\tc", "X-B: a\n \n b", "From x", " folded", "no field", ": no name", "A : b",
    "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: 8BIT", "Content-Type: text/plain", "Sub\x0bject: a\x0cb",
)  # fmt: skip
LINES = (
    "",
    "",
    "words",
    "é",
    " ",
    "--",
    "-- ",
    "--b",
    "--b--",
    "--b1",
    "\x0b",
    "\x85",
    "\x00",
    "From x",
    "--x--",
    "a: b",
)
ENDS = ("\n", "\r\n")


@st.composite
def entities(draw: st.DrawFn, depth: int = 0) -> str:
    """A header and a body; often a multipart, sometimes of a multipart's boundary or the beginning of one."""
    boundary = draw(st.sampled_from(BOUNDARIES[: draw(st.sampled_from((4, 7, 14)))]))
    multipart = depth < 3 and draw(st.booleans())
    kind = draw(st.sampled_from(TYPES[:2] if multipart and draw(st.booleans()) else TYPES)).format(boundary)
    fields = draw(st.lists(st.sampled_from(FIELDS[: draw(st.sampled_from((5, 5, 14)))]), max_size=3))
    header = "".join(f"{one}\n" for one in (*fields, f"Content-Type: {kind}"))
    some = st.lists(st.sampled_from(LINES), max_size=3).map("\n".join)
    if not multipart:
        return f"{header}\n{draw(some)}"
    space = st.sampled_from(("", "", "", "", " ", "\t ", " x", "1"))
    parts = draw(st.lists(entities(depth + 1), max_size=3))
    delimited = "".join(f"\n--{boundary}{draw(space)}\n{one}" for one in parts)
    closed = f"\n--{boundary}--{draw(space)}" if draw(st.integers(0, 9)) else ""
    after = draw(st.sampled_from(("", "\n", "\n\n", "\nwords", "\nwords\n")))
    return f"{header}{draw(st.sampled_from(('', chr(10), chr(10) + 'words')))}{delimited}{closed}{after}"


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """An entity with line ends of one sort or of several."""
    ends = draw(st.sampled_from((("\n",), ("\r\n",), ENDS, (*ENDS, "\r"))))
    pieces = draw(entities()).split("\n")
    chance = draw(st.randoms(use_true_random=False))
    whole = "".join(one + (chance.choice(ends) if number < len(pieces) else "") for number, one in enumerate(pieces, 1))
    return whole.encode("utf-8")


@settings(max_examples=300)
@given(mails())
def test_made_mails(raw: bytes) -> None:
    is_plain(raw)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from((b"b", b"b b")))
def test_any_bytes_between_delimiters(noise: bytes, boundary: bytes) -> None:
    head = b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n'
    is_plain(head + b"\n--" + boundary + b"\n\n" + noise + b"\n--" + boundary + b"--\n")
    is_plain(head + noise)
    is_plain(noise)


@pytest.mark.parametrize(
    "raw",
    [
        b"A: b\n\n",
        b"\nno header",
        b"A: b\n\r\nline ends of both sorts\r\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b--",
        b"Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b \n\nwords\n--b--\t\nafter\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n\r\n--b\r\nA: b\r\n\r\n\r\n--b\r\n\r\n\r\n\r\n--b--\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n\n--c--\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n\n--c--\n\n\n--b--\n",
    ],
)
def test_built_here(raw: bytes) -> None:
    assert is_plain(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"A: b",
        b"A: b\nno field\n\n",
        b"A: b\n\na line\rthat ends as no line does\n",
        b"Content-Type: message/rfc822\n\nA: b\n\n",
        b"Content-Type: multipart/mixed\n\n--b\n\nwords\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\nno delimiter\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncut short",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--bb\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\nwords\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n--b--\n--b\n\nwords\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\nwords\n--b--\n",
    ],
)
def test_left_to_the_standard_library(raw: bytes) -> None:
    assert plainly_built(raw) is None
    assert told(built(raw)) == told(email.message_from_bytes(raw, policy=policy.compat32))


def test_a_nest_too_deep_is_left_to_it_too() -> None:
    raw, said = b"A: b\n\nwords", []
    for depth in range(13):
        said.append(is_plain(raw))
        raw = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--" % (depth, depth, raw, depth)
    assert said == [True] * 11 + [False] * 2
