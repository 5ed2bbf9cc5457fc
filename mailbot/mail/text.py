"""Bytes -> words: charsets that are wrong, unknown or dangerous, and text that was folded to flow (RFC 3676)."""

from __future__ import annotations

import codecs

#: charsets as programs misname them
_MISNAMED = {
    "utf-8": "default unknown unknown-8bit x-unknown utf8mb4 utf unicode",
    "utf-7": "unicode-1-1-utf-7",
    "windows-1252": "ansi x-ansi cp-1252 us-ascii ascii ansi_x3.4-1968 iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1",
    "gb18030": "gb2312 gbk x-gbk",
    "cp949": "ks_c_5601-1987 euc-kr",
    "cp932": "shift_jis shift-jis x-sjis",
    "iso-8859-8": "iso-8859-8-i",
    "iso-8859-6": "iso-8859-6-i",
    "mac-roman": "x-mac-roman macintosh",
}
_ALIASES = {name: right for right, names in _MISNAMED.items() for name in names.split()}
#: these are no charsets of mails, and some take time that grows with the square of the text
_NEVER = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})


def decoded(data: bytes, charset: str) -> str:
    """The words in these bytes. A charset is believed where it fits; otherwise UTF-8, otherwise Windows' own."""
    name = charset.strip().strip("\"'").lower().replace("\0", "")
    name = _ALIASES.get(name, name)
    for candidate in (name, "utf-8") if name != "windows-1252" else ("utf-8", name):
        try:
            if codecs.lookup(candidate).name not in _NEVER:
                return data.decode(candidate).removeprefix("\ufeff")
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("windows-1252", "replace")


def unflowed(text: str, *, delete_space: bool) -> str:
    """Format=flowed text with its lines joined again; quotations of different depth stay apart (RFC 3676 4)."""
    lines: list[str] = []
    open_depth = -1  # of the line before, where it flows on
    for line in text.replace("\r\n", "\n").split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        if open_depth == depth and words != "-- ":
            lines[-1] += words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        open_depth = depth if words.endswith(" ") and words != "-- " else -1
        if open_depth >= 0 and delete_space:
            lines[-1] = lines[-1].removesuffix(" ")
    return "\n".join(lines)
