"""One template, two renderings: Markdown with facts in it -> the plain text and the HTML of a letter.

Every fact is escaped as it is put in, so none can format, link or break out of its place. The text is read
off the parsed Markdown, so it says what the HTML says, and a fact stands in it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from mailbot import wording
from mailbot.errors import UserError

# No HTML, no links, no images, no code: a letter needs headings, lists, bold and lines
_MARKDOWN = MarkdownIt("zero").enable(["heading", "list", "emphasis", "escape", "newline"])
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# Control characters, and marks that turn the direction of what follows them
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SUBJECT = "Subject: "


@dataclass(frozen=True)
class Words:
    """A letter's words."""

    subject: str
    text: str
    html: str


class Templates:
    """The templates of `config/letters`, compiled once; raises UserError with every problem in them."""

    def __init__(self, folder: Path, names: Iterable[str], zone: ZoneInfo, known: Mapping[str, Any]) -> None:
        self._subjects: dict[str, Template] = {}
        self._bodies: dict[str, Template] = {}
        parts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("_*.md")}
        in_subject = _environment(_one_line, {}, zone, known)
        in_body = _environment(_escaped, parts, zone, known)
        problems = [problem for name in names for problem in self._load(folder / f"{name}.md", in_subject, in_body)]
        problems += [problem for part in sorted(parts) for problem in _unusable(folder / part, in_body)]
        try:
            page = Environment(autoescape=True, undefined=StrictUndefined)
            self._page = page.from_string((folder / "_page.html").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, TemplateError) as error:
            problems.append(f"{folder / '_page.html'}: cannot be used: {error}")
        if problems:
            raise UserError(*problems)

    def words(self, name: str, facts: Mapping[str, Any]) -> Words:
        """The letter's words with these facts."""
        subject = self._subjects[name].render(facts)
        tokens = _MARKDOWN.parse(self._bodies[name].render(facts))
        body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
        # The body is ours: html is off and facts are escaped
        html = self._page.render(subject=subject, body=Markup(body))  # noqa: S704
        return Words(subject, plain(tokens), html)

    def _load(self, path: Path, in_subject: Environment, in_body: Environment) -> list[str]:
        try:
            subject, blank, body = path.read_text(encoding="utf-8").split("\n", 2)
            if not subject.startswith(_SUBJECT) or blank.strip():
                raise ValueError  # noqa: TRY301 - the same fault as too few lines
            self._subjects[path.stem] = in_subject.from_string(subject.removeprefix(_SUBJECT))
            self._bodies[path.stem] = in_body.from_string(body)
        except FileNotFoundError:
            return [f"{path}: is missing; copy it from the configuration that came with mailbot"]
        except TemplateSyntaxError as error:
            return [f"{path}: near line {error.lineno + 2}: {error.message}"]
        except UnicodeDecodeError:
            return [f"{path}: is not UTF-8 text; save it as UTF-8"]
        except ValueError:
            return [f"{path}: must begin with a line `Subject: ...` and a blank line"]
        return []


def _unusable(part: Path, in_body: Environment) -> list[str]:
    """The problem of a part that letters include, which would otherwise show only when a letter is written."""
    try:
        in_body.get_template(part.name)
    except TemplateSyntaxError as error:
        return [f"{part}: near line {error.lineno}: {error.message}"]
    return []


def _environment(
    finalize: Callable[[Any], str], parts: Mapping[str, str], zone: ZoneInfo, known: Mapping[str, Any]
) -> Environment:
    """What templates may use; `finalize` sees every fact on its way in, whatever the template does."""
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(parts),
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(known)
    environment.filters.update(
        date=_or_words(partial(wording.full_date, zone=zone)),
        short_date=_or_words(partial(wording.short_date, zone=zone)),
        time=partial(wording.clock_time, zone=zone),
        when=partial(wording.when, zone=zone),
        age=wording.age,
        count=wording.count,
        listed=wording.listed,
    )
    return environment


def _or_words(in_words: Callable[[Any], str]) -> Callable[[Any], str]:
    """Dates may be recorded as words, such as "after the hearing"; those stay as they are."""
    return lambda value: value if isinstance(value, str) else in_words(value)


def _shown(value: Any) -> str:
    if value is None:
        raise ValueError("a letter was given nothing where it needs words")
    return str(value).encode("utf-8", "replace").decode()  # what was read from mail may hold half characters


def _one_line(value: Any) -> str:
    text = _shown(value)
    if _UNSEEN.search(text):
        raise ValueError("a fact in a subject must stay on its line")
    return text


def _escaped(value: Any) -> str:
    # An empty line would end the paragraph, and with it the place the fact was put in
    lines = (_UNSEEN.sub(" ", line) for line in _shown(value).splitlines() if line.strip())
    return "\\\n".join(_PUNCTUATION.sub(r"\\\g<0>", line) for line in lines)


def plain(tokens: Iterable[Token]) -> str:
    """Parsed Markdown as plain text: headings are lines, lists keep their dashes, a paragraph is one line.

    Paragraphs are not wrapped: every mail program wraps to its own window, and what is quoted stays whole.
    """
    lines: list[str] = []
    markers: list[str] = []  # of the open list items, outermost first; spaces once it has been written
    in_list = False  # whether the line before belongs to a list
    for token in tokens:
        if token.type == "list_item_open":
            markers.append(f"{token.info}{token.markup} ")
        elif token.type == "list_item_close":
            markers.pop()
        elif token.type.endswith("paragraph_open") or token.type == "heading_open":
            if lines and not (token.hidden and in_list):
                lines.append("")
        elif token.type == "inline":
            for line in _inline(token).split("\n"):
                lines.append("".join(markers) + line)
                markers = [" " * len(marker) for marker in markers]
            in_list = bool(markers)
    return "\n".join(lines) + "\n"


def _inline(token: Token) -> str:
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())
