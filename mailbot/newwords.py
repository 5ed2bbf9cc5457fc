"""The new words of a person, told from quoted history, signatures and the tags and banners that gateways add."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: RE:, FW:, [EXTERNAL], EXT: and the like, in any number and order
_TAG = re.compile(r"^\s*(?:(?:re|fw|fwd|aw|sv|ext|external)\s*(?:\[\d+\])?\s*:|\[[^\]\n]{1,30}\])\s*", re.IGNORECASE)

_HISTORY = re.compile(
    r"""^\s*(?:
        -{2,}\s*(?:original|forwarded)\ message\s*-{2,}   # Outlook, Gmail
      | (?:begin\ )?forwarded\ message:?\s*$               # Apple Mail
      | on\ .{5,200}\bwrote:\s*$                           # nearly everybody
      | _{20,}\s*$                                         # Outlook's line
      | from:\s.{1,200}$                                   # Outlook's block; only where Sent: or Date: follows
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BLOCK_GOES_ON = re.compile(r"^\s*(?:\*?sent|\*?date|\*?to|\*?subject)\*?:", re.IGNORECASE)
_SIGNATURE = re.compile(r"^--\s?$|^sent from my \w+|^get outlook for \w+", re.IGNORECASE)
_BANNER = re.compile(
    r"^\W*(?:caution|warning|external(?: e-?mail)?"
    r"|this (?:e-?mail|message) (?:originated|was sent|came) from outside)\b"
    r"(?=.*\b(?:outside|external|do not click|recogni[sz]e|sender)\b)",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^\W*(?:this (?:e-?mail|message|communication)(?: and any (?:attachments?|files?))?.{0,60}\b"
    r"(?:confidential|intended (?:only|solely))|confidentiality notice|disclaimer\b)",
    re.IGNORECASE,
)


def bare_subject(subject: str) -> str:
    """The subject without reply prefixes and gateway tags."""
    while match := _TAG.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def new_words(text: str) -> str:
    """What the person wrote now; the full text is kept elsewhere, so cutting too much here loses nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for index, line in enumerate(lines):
        if _starts_history(lines, index) or _SIGNATURE.match(line.strip()) or _DISCLAIMER.match(line):
            break
        if not line.lstrip().startswith(">") and not _BANNER.match(line):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _starts_history(lines: list[str], index: int) -> bool:
    line = lines[index]
    if not _HISTORY.match(line):
        # "On Monday ... <someone@x>" broken over two lines before "wrote:"
        two = f"{line} {lines[index + 1]}" if index + 1 < len(lines) else ""
        return line.lower().startswith("on ") and bool(_HISTORY.match(two)) and two.rstrip().endswith("wrote:")
    if line.strip().lower().startswith("from:"):
        return any(_BLOCK_GOES_ON.match(following) for following in lines[index + 1 : index + 4])
    return True


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
