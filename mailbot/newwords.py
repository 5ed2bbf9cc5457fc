"""The new words of a person, told from quoted history, signatures and the tags and banners that gateways add."""

from __future__ import annotations

import re
from html import unescape

#: RE:, FW:, [EXTERNAL], EXT: and the like, in any number and order; a bracket with a number in it may be a reference
_TAG = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|sv|ext|external)\s*(?:\[\d+\])?\s*:|\[[^\]\n\d]{1,30}\]\s*:?)\s*", re.IGNORECASE
)

_HISTORY = re.compile(
    r"""^\s*(?:
        -{2,}\s*(?:original|forwarded)\ message\s*-{2,}   # Outlook, Gmail
      | (?:begin\ )?forwarded\ message:?\s*$               # Apple Mail
      | _{20,}\s*$                                         # Outlook's line
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: Outlook's block; only where Sent: or Date: follows
_BLOCK = re.compile(r"^\s*\*?from:\*?\s", re.IGNORECASE)
_BLOCK_GOES_ON = re.compile(r"^\s*\*?(?:sent|date|to|subject)\*?:", re.IGNORECASE)
_WHO_WROTE = re.compile(r"^\s*on\s.{5,400}\bwrote:\s*$", re.IGNORECASE)
_SIGNATURE = re.compile(r"^--\s?$|^sent from my \w+|^get outlook for \w+", re.IGNORECASE)
_BANNER = re.compile(
    r"""^\W*(?:
        you\ don['’]t\ often\ get\ e-?mail\ from\ .*
      | (?:caution | warning | external(?:\ e-?mail)?
          | this\ (?:e-?mail|message)\ (?:originated|was\ sent|came)\ from\ outside)\b
        .*(?: \bdo\ not\ click | links?\ or\ (?:open\ )?attachments? | recogni[sz]e\ the\ sender
            | \bexternal\ (?:e-?mail|sender|source)
            | \boutside\ (?:of\ )?(?:the\ |your\ |our\ )?
              (?:organi[sz]ation|company|trust|council|constabulary|force|nhs|network))
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_DISCLAIMER = re.compile(
    r"^\W*(?:this (?:e-?mail|message|communication)(?: and any (?:attachments?|files?))?.{0,60}\b"
    r"(?:confidential|intended (?:only|solely))|confidentiality notice|disclaimer\b)",
    re.IGNORECASE,
)


def bare_subject(subject: str) -> str:
    """The subject without reply prefixes and gateway tags."""
    start = 0
    while match := _TAG.match(subject[start : start + 200]):
        start += match.end()
    return subject[start:].strip()


def new_words(text: str) -> str:
    """What the person wrote now; the full text is kept elsewhere, so cutting too much here loses nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    index = 0
    while index < len(lines) and not _ends_here(lines, index):
        line = lines[index]
        said = _who_wrote(lines, index)
        if said and not _is_quoted(lines, index + said):
            break
        if not said and not line.lstrip().startswith(">") and not _BANNER.match(line):
            kept.append(line.rstrip())
        index += said or 1  # what stands below a quotation is new
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _ends_here(lines: list[str], index: int) -> bool:
    """Whether everything from this line on is history, signature or small print."""
    line = lines[index]
    if _HISTORY.match(line) or _SIGNATURE.match(line.strip()) or _DISCLAIMER.match(line):
        return True
    return bool(_BLOCK.match(line)) and any(_BLOCK_GOES_ON.match(other) for other in lines[index + 1 : index + 4])


def _who_wrote(lines: list[str], index: int) -> int:
    """How many lines "On Monday ... <someone@x> wrote:" takes; 0 where it is not there, or is part of a story."""
    if not lines[index].lstrip()[:3].lower().startswith("on "):
        return 0
    for count in range(1, 5):
        said = " ".join(lines[index : index + count])
        if _WHO_WROTE.match(said):
            return count if "@" in said or _is_quoted(lines, index + count) else 0
    return 0


def _is_quoted(lines: list[str], index: int) -> bool:
    """Whether the next line with words is a quotation."""
    following = next((line for line in lines[index : index + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


#: a link's host, also inside a Safe Link or another gateway's rewriting of it
_HOST = re.compile(r"https?(?:://|%3A%2F%2F|-3A__)([a-z0-9.-]{4,100})", re.IGNORECASE)
#: where Outlook, Gmail and Apple Mail begin the history of an HTML body
_HTML_HISTORY = re.compile(
    r"<blockquote|divRplyFwdMsg|gmail_quote|appendonsend|border-top:\s*solid #(?:E1E1E1|B5C4DF)", re.IGNORECASE
)


def linked_hosts(words: str, html: str) -> tuple[str, ...]:
    """The hosts that the new words link to; nothing is ever fetched from them."""
    new = _HTML_HISTORY.split(html, maxsplit=1)[0]
    return tuple(dict.fromkeys(host.lower() for host in _HOST.findall(f"{words} {new}")))[:100]


_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr", "blockquote", "pre", "ul", "ol"}
)
_CELLS = frozenset({"td", "th"})
_TOKEN = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(/?)\s*([a-z][a-z0-9]*)", re.IGNORECASE)
_UNSEEN = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in [
        ("<!--", "-->"),
        *((f"<{tag}[\\s>]", f"</{tag}[^<>]*>") for tag in ("script", "style", "head", "title")),
    ]
)


def html_to_text(html: str) -> str:
    """The words of an HTML body, one block a line, quotations marked with `>`; nothing is fetched or run.

    Every step takes time in proportion to the text: with the standard library's parser one mail could hold us up.
    """
    for start, end in _UNSEEN:
        html = _without(html, start, end)
    words: list[str] = []
    quoted = 0
    for token in _TOKEN.split(html):
        tag = _NAME.match(token)
        name = tag[2].lower() if tag else ""
        if name == "blockquote":
            quoted = max(0, quoted + (-1 if tag and tag[1] else 1))
        if name in _BLOCKS:
            words.append("\n> " if quoted else "\n")
        elif name in _CELLS:
            words.append(" ")
        elif not token.startswith("<"):
            words.append(re.sub(r"\s+", " ", _unescaped(token)))
    lines = [" ".join(line.split()) for line in "".join(words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without(html: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Without what stands between start and end; what is never ended is not seen to its end, as browsers have it."""
    kept = []
    at = 0
    while begin := start.search(html, at):
        kept.append(html[at : begin.start()])
        ended = end.search(html, begin.end())
        at = ended.end() if ended else len(html)
    return "".join([*kept, html[at:]])


def _unescaped(text: str) -> str:
    try:
        return unescape(text)
    except ValueError:  # a character's number with thousands of digits
        return text
