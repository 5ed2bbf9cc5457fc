"""The words of an HTML body: nothing is fetched or run, and every step takes time in proportion to the text."""

from __future__ import annotations

import re
from html import unescape

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
    """The words of an HTML body, one block a line, quotations marked with `>`.

    With the standard library's parser one mail could hold us up.
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
