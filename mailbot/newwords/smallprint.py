"""What gateways and mail programs add to somebody's words: banners, disclaimers, protective markings, signatures."""

from __future__ import annotations

import re

from mailbot.patterns import any_of

_SIGNATURE = re.compile(r"--\s?$|—\s?$")
_DEVICES = (
    r"iphone|ipad|ipod|mobile|phone|cell|blackberry|android|samsung|galaxy|htc|alcatel|nokia|huawei|pixel|device|tablet|ti-\d+"
    r"|outlook|mail|mailbox|airmail|yahoo|gmail|proton|windows"
)
#: the line that a device or a program adds
_DEVICE = any_of(
    rf"sent (?:from|with|via|by) (?:my )?\W{{0,2}}(?:\w[\w-]*\W{{0,2}}){{0,3}}(?:{_DEVICES})\b.{{0,80}}",
    r"from my (?:iphone|ipad|android|samsung|mobile)\b.{0,40}",
    r".{0,30}\bfrom (?:my )?mobile",
    r"get \[?outlook for (?:ios|android|mac).{0,200}",
    r"envoyé (?:depuis|de|à partir)\b.{0,60}",
    r"von mein(?:em|er)\b.{0,60}\bgesendet\W{0,2}",
    r"gesendet (?:von|mit)\b.{0,60}",
    r"diese nachricht wurde von mein\w*\b.{0,80}\bgesendet\W{0,2}",
    r"sendt fra min\b.{0,40}|skickat från min\b.{0,40}",
    r"enviado (?:desde|do|de|a partir)\b.{0,60}",
    r"inviato da(?:l|lla)?\b.{0,60}",
    r"verzonden (?:met|vanaf|van)\b.{0,60}",
    r"wysłane z\b.{0,60}|lähetetty \w*puhelimesta.{0,20}|anfonwyd o['’]? .{0,40}|從我的 .{1,20} 傳送",
    before=r"\W{0,3}",
    after=r"\s*$",
)

_ORGANISATION = (
    r"organi[sz]ation|company|trust|council|constabulary|police|force|nhs(?:mail|net)?|network|university|school|charity|service"
    r"|borough|county|board|tenant"
)
_OUTSIDE = rf"outside (?:of )?(?:the |your |our |this )?(?:\w+ ){{0,3}}(?:{_ORGANISATION})"
_BEGINS = (
    r"caution|warning|attention|external(?: e-?mail| sender| message)?|be careful|think before you click|rhybudd"
    r"|th(?:is|e) sender"
    r"|this (?:e-?mail|message) (?:has |was |is )?(?:originated|originates|sent|came|comes|come|received|arrived|from)"
)
_WARNS = (
    r" \bdo not click| \bdon['’]t click|recogni[sz]e the sender"
    r"|links? (?:or|and) (?:open(?:ing)? )?(?:the )?attachments?"
    r"|\b(?:an )?external (?:e-?mail|sender|source|address)|\bcare (?:with|when)\b.{0,40}\b(?:links?|attachments?)"
    rf"|\b{_OUTSIDE}"
)
_BANNER = any_of(
    r"you don['’]t often get e-?mail from \S{1,200}(?:.{0,20}\blearn why this is important\b\S*)?",
    r"some people who received this message don['’]t often get e-?mail from\b.{0,200}?important\b\S*",
    rf"(?:{_BEGINS})\b.{{0,200}}?(?:{_WARNS})",
    r"external (?:e-?mail|sender|message)\W{0,10}$",
    before=r"\W{0,10}",
)
_MAY_BE_BANNER = any_of(_BEGINS, r"you don|some people who", before=r"\W{0,10}")
_BANNER_ENDS = re.compile(r"[.!?*\]>:|)}-]\W*$")
_LONGEST_BANNER = 6  # lines
_FOLDED = range(60, 121)  # characters of a line that goes on in the next

_THIS_MAIL = r"(?:e-?mail|message|communication|transmission|electronic message)(?: message)?"
_DISCLAIMER = any_of(
    rf"(?:this|the information (?:contained )?in this|the contents? of this) {_THIS_MAIL}\b.{{0,120}}"
    r"\b(?:confidential|privileged|intended (?:only|solely|for)|for the (?:addressee|intended recipient)"
    r"|may (?:be (?:monitored|recorded|read by)|contain (?:\w+ ){0,3}official))",
    r"confidentiality notice",
    r"disclaimer\b\W{0,5}(?:$|this|the)",
    r"privileged\W{1,5}confidential",
    r"if you (?:are not|have received this (?:e-?mail|message) in error)\b.{0,40}(?:intended|addressee|please)",
    r"please consider the environment|(?:please )?think (?:of the environment|before you print)",
    r"nhsmail is (?:the secure|approved)\b",
    r"this (?:e-?mail|message) has been (?:scanned|checked)\b",
    r"(?:all )?e-?mails? (?:sent )?(?:to|from) .{0,60}\bmay be (?:monitored|recorded)",
    # a request under that Act is somebody's own words: only what speaks of the mail itself is small print
    r"(?:[\w&' ]{2,60}[.:] )?(?:this e-?mail|this message|(?:the )?information in this)\b.{0,300}"
    r"\bsubject to (?:(?:public )?disclosure|requests?|the)\b.{0,40}\bfreedom of information",
    before=r"\W{0,200}(?:official(?:[ -]sensitive)?\W{1,5})?",
)
_MARKING = any_of(
    r"official|restricted|confidential|not protectively marked|unclassified",
    before=r"\W{0,6}(?:classification|protective marking|sensitivity)?\W{0,4}(?:nhs |uk )?",
    after=r"(?:\W{1,4}(?:sensitive|confidential|personal|commercial|partners only|internal use only))*\W{0,6}$",
)


def is_signature(line: str) -> bool:
    """The line that parts somebody's signature from their words (RFC 3676 4.3), as programs write it."""
    return _SIGNATURE.match(line.strip()) is not None


def is_device_line(line: str) -> bool:
    """What a telephone writes below every mail, such as "Sent from my iPhone"."""
    return len(line) < 300 and _DEVICE.match(line.strip()) is not None


def is_disclaimer(line: str) -> bool:
    """The first line of the small print below, or above, the words of an organisation's people."""
    return _DISCLAIMER.match(line[:600]) is not None


def is_marking(line: str) -> bool:
    """A protective marking that stands alone, such as OFFICIAL-SENSITIVE."""
    return len(line) < 100 and _MARKING.match(line) is not None


def banner(lines: list[str], index: int) -> int:
    """How many lines a gateway's warning about mail from outside takes; 0 where there is none."""
    if not _MAY_BE_BANNER.match(lines[index][:200]):
        return 0
    paragraph = ""
    for count, line in enumerate(lines[index : index + _LONGEST_BANNER], start=1):
        if not line.strip():
            return 0
        paragraph = f"{paragraph} {line.strip()}".strip()
        if _BANNER.match(paragraph[:800]):
            return count + _rest(lines, index + count - 1)
    return 0


def _rest(lines: list[str], last: int) -> int:
    """How many lines more until the warning's sentence ends; a line that is not folded ends it too."""
    for more in range(_LONGEST_BANNER):
        line = lines[last + more].strip()
        following = lines[last + more + 1].strip() if last + more + 1 < len(lines) else ""
        if not following or len(line) not in _FOLDED or _BANNER_ENDS.search(line):
            return more
    return 0
