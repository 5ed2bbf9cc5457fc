"""Subjects without what programs and gateways put before them."""

from __future__ import annotations

from mailbot.patterns import any_of

_ANSWERED = r"re|aw|sv|antw|antwort|r|odp|res|ynt|ateb|ext|external|secure"
_FORWARDED = r"fwd?|wg|tr|rv|doorst|vs|i|enc|pd|ymlaen"
_COUNTED = r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]"
_MARKING = r"external|secure|spam\??|ext|official(?:[ -]sensitive)?|encrypt(?:ed)?|caution"
#: RE:, FW:, [EXTERNAL], EXT: and the like, in any number and order; a bracket with a number in it may be a reference
_TAG = any_of(
    rf"(?:{_ANSWERED}|{_FORWARDED}){_COUNTED}",
    r"\[[^\]\n\d]{1,30}\]\s*:?",
    rf"\*{{1,4}}\s*(?:{_MARKING})[^*\n\d]{{0,30}}\*{{1,4}}",
    rf"[{{<(](?:{_MARKING})[^}}>)\n\d]{{0,20}}[}}>)]",
    before=r"\s*",
    after=r"\s*",
)
_PASSED_ON = any_of(_FORWARDED, before=r"\s*", after=_COUNTED)


def bare_subject(subject: str) -> str:
    """The subject without reply prefixes and gateway tags."""
    start = 0
    while match := _TAG.match(subject[start : start + 200]):
        start += match.end()
    return subject[start:].strip()


def is_passed_on(subject: str) -> bool:
    """Whether one of its prefixes says that somebody forwards it."""
    start = 0
    while match := _TAG.match(subject[start : start + 200]):
        if _PASSED_ON.match(match[0]):
            return True
        start += match.end()
    return False
