"""The new words of a person, told from quoted history, signatures and the tags and banners that gateways add."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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


class _Text(HTMLParser):
    """The words of an HTML mail, with a line for each block; nothing is fetched or run."""

    _BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr", "blockquote"})
    _UNSEEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in self._UNSEEN
        self._quoted += tag == "blockquote"
        if tag in self._BLOCKS:
            self.words.append("\n> " if self._quoted else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in self._UNSEEN))
        self._quoted = max(0, self._quoted - (tag == "blockquote"))
        if tag in self._BLOCKS:
            self.words.append("\n> " if self._quoted else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(re.sub(r"\s+", " ", data))


def html_to_text(html: str) -> str:
    """The words of an HTML body, one block a line, quotations marked with `>`."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
