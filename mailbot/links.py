"""Links as their writer meant them: what gateways put around them is taken off for display; none is ever followed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

_LONGEST = 4_000
_LINK = re.compile(rf"https?://[^\s<>\"')\]]{{4,{_LONGEST}}}", re.IGNORECASE)
#: Outlook's plain text says a link twice: `https://x.example<https://x.example>`
_TWICE = re.compile(r"(https?://[^\s<>]{4,4000}|www\.[^\s<>]{4,400})<(https?://[^\s<>]{4,4000})>", re.IGNORECASE)
#: a link's host, also inside another gateway's rewriting of it; in lower case, which is looked through much faster
_HOST = re.compile(r"https?(?:://|%3a%2f%2f|-3a__)([a-z0-9.-]{4,100})")
#: where Outlook, Gmail and Apple Mail begin the history of an HTML body, in lower case
_HTML_HISTORY = re.compile(r"<blockquote|divrplyfwdmsg|gmail_quote|appendonsend|border-top:\s*solid #(?:e1e1e1|b5c4df)")
_V3 = re.compile(r"/v3/__(.+?)__;([\w=-]*)")
_V3_HIDDEN = re.compile(r"\*(\*.)?")
_V3_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def unwrapped(text: str) -> str:
    """The text with every link as it was before a gateway rewrote it."""
    if "http" not in text:
        return text
    plain = _LINK.sub(lambda found: _unwrapped(found[0]), text)
    return _TWICE.sub(
        lambda found: found[2] if found[2].startswith(("http://" + found[1], found[1])) else found[0], plain
    )


def linked_hosts(words: str, html: str) -> tuple[str, ...]:
    """The hosts that the new words link to, a gateway's own left out where it shows the host behind."""
    lower = html.lower()
    new = _HTML_HISTORY.split(lower, maxsplit=1)[0] if "http" in lower else ""
    return tuple(dict.fromkeys(_HOST.findall(f"{words.lower()} {new}")))[:100]


def _unwrapped(link: str) -> str:
    for _ in range(3):  # one gateway may have wrapped what another did
        host = link.partition("//")[2][:200].partition("/")[0].partition("?")[0].lower()
        opener = next((opener for name, opener in _GATEWAYS.items() if host.endswith(name)), None)
        try:
            inner = opener(link) if opener else ""
        except ValueError:  # no link at all, such as http://[
            return link
        if not inner.lower().startswith(("http://", "https://", "mailto:")) or inner == link:
            return link
        link = inner[:_LONGEST]
    return link


def _in_query(*names: str) -> Callable[[str], str]:
    """The link that stands in the query under one of these names."""

    def opened(link: str) -> str:
        query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
        return next((query[name][0] for name in names if name in query), "")

    return opened


def _proofpoint(link: str) -> str:
    """URL Defense: version 3 hides the signs that links must not hold behind `*`, version 2 writes `-` and `_`."""
    if hidden := _V3.search(link):
        return _proofpoint_3(hidden[1], hidden[2])
    coded = _in_query("u")(link)
    return unquote(coded.replace("-", "%").replace("_", "/")) if "/v2/" in link else coded


def _proofpoint_3(shown: str, coded: str) -> str:
    try:
        signs = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        signs = ""
    at = 0

    def next_signs(found: re.Match[str]) -> str:
        nonlocal at
        length = _V3_LENGTHS.find(found[1][1]) + 2 if found[1] else 1
        at += length
        return signs[at - length : at] or found[0]

    link = _V3_HIDDEN.sub(next_signs, shown)
    return re.sub(r"^(https?:/)(?=[^/])", r"\1/", link, flags=re.IGNORECASE)  # `//` may have become one


def _cisco(link: str) -> str:
    return unquote(link.rpartition("/")[2])


def _mimecast(link: str) -> str:
    """Its links say the host alone; the rest is known to Mimecast only."""
    domain = _in_query("domain")(link)
    return f"https://{domain}/" if re.fullmatch(r"[\w.-]{3,100}", domain) else ""


#: by the end of the host
_GATEWAYS: dict[str, Callable[[str], str]] = {
    "safelinks.protection.outlook.com": _in_query("url"),
    "safelinks.protection.office365.us": _in_query("url"),
    "statics.teams.cdn.office.net": _in_query("url"),
    "urldefense.proofpoint.com": _proofpoint,
    "urldefense.com": _proofpoint,
    "urldefense.us": _proofpoint,
    "linkprotect.cudasvc.com": _in_query("a"),
    "mimecast.com": _mimecast,
    "mimecastprotect.com": _mimecast,
    "secure-web.cisco.com": _cisco,
    "trendmicro.com": _in_query("url"),
    "protection.sophos.com": _in_query("u", "d"),
    "www.google.com": _in_query("q", "url"),
    "egress.com": _in_query("url", "u"),
}
