"""What a mail brings that cannot be read here: wrapped, locked, linked, taken out on the way, or of another kind."""

from __future__ import annotations

from collections.abc import Iterator

import phonenumbers

from mailbot.asking.said import is_short, said
from mailbot.mail import MOST_READ, AttachedFile, Mail
from mailbot.understood import Known, Why
from parsers import Problem

#: a notice that a gateway puts in the place of a file is short
_NOTICE_BYTES, _FEW_WORDS = 20_000, 40
_TEXT_NAMES = (".txt", ".htm", ".html")
_MOST_LOOKED_AT = 5_000  # characters
_NOT_READ = frozenset({"encrypted", "unsupported", "needs_scan", "too_big", "limits", "damaged", "unknown_version"})
#: of these a person reads what we cannot; asking for it once more would not help
_A_PERSON_READS = frozenset({"needs_scan", "unknown_version"})


def wrapped(mail: Mail, known: Known) -> Why | None:
    """The sign that the mail itself is encrypted or a notice of one that is: a person must open it (B19)."""
    content = mail.header("content-type").lower()
    if content.startswith("multipart/encrypted") or "rpmsg" in mail.header("content-class").lower():
        return Why("wrapped", "is encrypted")
    lists = known.words["unreadable"]
    for one in mail.files:
        if words := lists.find("wrapper_types", lists.normal(one.media_type)):
            return Why("wrapped", f"is encrypted: it brings “{words}”")
        if words := lists.find("wrapper_files", lists.normal(one.name.replace("_", " "))):
            return Why("wrapped", f"is encrypted: it brings “{words}”")
    if words := lists.find("wrapper_senders", lists.normal(mail.sender.domain)):
        return Why("wrapped", f"is from a secure mail service: “{words}”")
    if words := said(mail, known, "unreadable", "wrapper_words"):
        return Why("wrapped", f"is a notice of an encrypted mail: “{words}”")
    return Why("wrapped", "is encrypted with PGP") if "-----BEGIN PGP MESSAGE-----" in mail.text else None


def linked(mail: Mail, known: Known) -> Why | None:
    """The host of a link that stands in the place of a file, and not below a name; it is never followed (B18)."""
    lists = known.words["unreadable"]
    if words := lists.find("link_senders", lists.normal(mail.sender.domain)):
        return Why("linked", f"is a notice of a shared file: “{words}”")
    for host in mail.links if said(mail, known, "unreadable", "brings_link") else ():
        if words := lists.find("link_hosts", lists.normal(host)):
            return Why("linked", f"brings a link in place of a file: “{words}”")
    return None


def removed(mail: Mail, known: Known) -> Why | None:
    """The words of a gateway that took a file out (B22)."""
    lists = known.words["unreadable"]
    top = mail.text[:_MOST_LOOKED_AT].lstrip().partition("\n\n")[0]  # where gateways write, among their small print
    if words := said(mail, known, "unreadable", "removed") or lists.find("removed", lists.normal(top)):
        return Why("removed", f"says that a file was taken out on the way: “{words}”")
    for one in mail.files:
        is_text = one.media_type.startswith("text/") or one.name.lower().endswith(_TEXT_NAMES)
        if is_text and len(one.data) < _NOTICE_BYTES:
            notice = one.data.decode("utf-8", "replace")
            if words := lists.find("removed", lists.normal(f"{one.name} {notice}")):
                return Why("removed", f"says that a file was taken out on the way: “{words}”")
    return None


def sends_password(mail: Mail, known: Known) -> Why | None:
    """The words that a password comes, or here it is; never the password (B16, B17)."""
    if words := said(mail, known, "unreadable", "password_by_phone"):
        return Why("password_by_phone", f"says that a password will be given by telephone: “{words}”")
    if words := said(mail, known, "unreadable", "password"):
        return Why("password", f"speaks of a password: “{words}”")
    return None


def telephone(mail: Mail) -> str:
    """The first telephone number in the new words, as people write it; nothing where there is none."""
    possible = phonenumbers.Leniency.POSSIBLE
    for found in phonenumbers.PhoneNumberMatcher(mail.words[:_MOST_LOOKED_AT], "GB", leniency=possible):
        if found.raw_string.startswith(("0", "+", "(0")):
            return str(found.raw_string)
    return ""


def unread(mail: Mail, known: Known) -> Iterator[Problem]:
    """Why each file that was looked into could not be read; the pictures of a signature are not meant."""
    if len(mail.readable) > MOST_READ:
        yield Problem("limits", f"More than {MOST_READ} files came; the others were not looked at.", "")
    shown = {one.name for one in mail.readable if one.in_the_text}
    for reading in known.readings:
        for problem in reading.problems:
            in_the_text = problem.file in shown
            if problem.code in _NOT_READ and not reading.is_form and not (in_the_text and not _brings(mail, known)):
                yield problem


def may_be_the_form(problem: Problem) -> bool:
    """Whether a person can read it although we cannot, such as a scan or a photo (B3, B4)."""
    printed = problem.code == "unsupported" and problem.file.lower().endswith(".pdf")
    return problem.code in _A_PERSON_READS or printed


def brings_something(mail: Mail, known: Known) -> Why | None:
    """The sign of a wrapper, a link in place of a file, or a file taken out."""
    return wrapped(mail, known) or linked(mail, known) or removed(mail, known)


def _brings(mail: Mail, known: Known) -> bool:
    """Whether pictures among the words are what the mail is about, as a telephone sends photos of a form."""
    pictures: list[AttachedFile] = [one for one in mail.readable if one.in_the_text]
    few = is_short(mail, _FEW_WORDS) and bool(said(mail, known, "unreadable", "brings"))
    return few or not mail.words or len(pictures) > 2
