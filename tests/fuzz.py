"""`python -m tests.fuzz`: mutated mails, parsed and shown to every kind; none may raise, none may take long.

Mail number N of a seed is always the same: `--only N` makes it again. The mails that are mutated are the real ones of other
projects' tests where those are beside the repository, and always our own.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from bench.mail import corpus
from mailbot.kinds import KINDS
from mailbot.mail import parse
from mailbot.understood import Known, no_automatic_reply
from tests.desk import MONDAY, US, our_office

OWN = Path(__file__).parent / "corpus" / "mails"
SEED, SECONDS = 20261125, 2.0
_LONGEST = 30_000
_WORDS = (
    b"\r\n", b"\n\n", b"--", b"--b\r\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"=?utf-8?q?", b"=?x?b?=", b"?=", b"=\r\n", b"%00",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b'Content-Type: multipart/report; boundary=""\r\n', b"boundary=", b"charset=",
    b'charset="utf\0-8"', b"charset=DEFAULT", b"charset=utf-7", b"charset=punycode", b"format=flowed; delsp=yes", b"; name*0*=utf-8''%ff",
    b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: message/delivery-status\r\n\r\n", b"Content-Type: text/html\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"From: MAILER-DAEMON <>\r\n", b"From: =?utf-8?b?", b"Subject :", b"To: (((((", b"References: <<<", b"Return-Path: <>\r\n",
    b"Auto-Submitted: ", b"List-Id: ", b"<blockquote>", b"<!--", b"&#99999999999;", b"<style>", b"On Mon, 3 Mar 2025 at 09:12, x@y wrote:\r\n",
    b"From: x\r\nSent: y\r\n", b">>>>> ", b"https://urldefense.com/v3/__", b"https://a.safelinks.protection.outlook.com/?url=http://[",
    b"-----BEGIN PGP MESSAGE-----", b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n", b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
)  # fmt: skip


@cache
def originals() -> tuple[bytes, ...]:
    """The mails that are mutated, in an order that does not change."""
    real = [one.raw[:_LONGEST] for one in corpus.mails()] if corpus.CORPUS.is_dir() else []
    return (*real, *(path.read_bytes()[:_LONGEST] for path in sorted(OWN.glob("*.eml"))))


def mutated(number: int, seed: int = SEED) -> bytes:
    """The mail of this number."""
    chance = random.Random(seed * 1_000_003 + number)
    mail = bytearray(chance.choice(originals()))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 20))):
        _mutate(mail, chance)
    return bytes(mail[: _LONGEST * 2])


def _mutate(mail: bytearray, chance: random.Random) -> None:
    at = _somewhere(mail, chance)
    length = chance.choice((1, 1, 2, 8, 60, 500, 5_000))
    match chance.randrange(8):
        case 0:
            mail[at : at + 1] = bytes([chance.randrange(256)])
        case 1:
            del mail[at : at + length]
        case 2:
            mail[at:at] = mail[at : at + length] * chance.choice((1, 2, 10))
        case 3:
            mail[at:at] = chance.choice(_WORDS) * chance.choice((1, 1, 1, 50))
        case 4:
            other = chance.choice(originals())
            start = _somewhere(other, chance)
            mail[at : at + length] = other[start : start + length * 3]
        case 5:
            mail[at : at + length] = chance.randbytes(min(length, 100))
        case 6:
            mail[at:at] = bytes([chance.choice(b"<>()[]\"'=?&;:,\\/ \t\r\n-_*%@.A0")]) * length
        case _:
            del mail[max(at, 20) :]


def _somewhere(mail: bytes | bytearray, chance: random.Random) -> int:
    """More often in the beginning, where the header is."""
    return chance.randrange(min(len(mail), 1_500) + 1) if chance.random() < 0.5 else chance.randrange(len(mail) + 1)


def fault(number: int, seed: int = SEED) -> str:
    """What went wrong with a mail; nothing where all went well."""
    raw = mutated(number, seed)
    known = Known(now=MONDAY, our_addresses=frozenset({US}), words=our_office().words, encoder=our_office().encoder)
    start = time.process_time()  # of this process: what else the machine does is not the mail's doing
    try:
        found = parse(raw)
        for kind in KINDS.values():
            kind.recognise(found, known)
        no_automatic_reply(found, known)
        hash(found.content)
    except Exception as error:  # whatever it is, its number is told
        return f"{number}: raised {type(error).__name__}"
    if any("could not be read" in problem for problem in found.problems):
        return f"{number}: {found.problems[0]}"
    seconds = time.process_time() - start
    return f"{number}: took {seconds:.1f} s" if seconds > SECONDS else ""


def faults(numbers: range, seed: int = SEED, processes: int = 2) -> list[str]:
    """The faults of many mails."""
    parts = [range(start, min(start + 500, numbers.stop)) for start in range(numbers.start, numbers.stop, 500)]
    with ProcessPoolExecutor(processes) as pool:
        return [one for found in pool.map(_faults, parts, [seed] * len(parts)) for one in found]


def _faults(numbers: Sequence[int], seed: int) -> list[str]:
    return [found for number in numbers if (found := fault(number, seed))]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__.split("\n\n")[0] if __doc__ else ""
    )
    parser.add_argument("--mails", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", type=int, help="write this one mail to standard output")
    asked = parser.parse_args()
    if asked.only is not None:
        sys.stdout.buffer.write(mutated(asked.only, asked.seed))
        return 0
    found = faults(range(asked.mails), asked.seed, asked.processes)
    print(
        f"seed {asked.seed}, {asked.mails} mails made of {len(originals())}: {len(found)} faults", *found[:50], sep="\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
