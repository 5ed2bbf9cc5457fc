"""mailbot.toml, overridden from the environment -> Settings, or one error that lists everything to mend."""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mailbot.clock import Clock, SystemClock
from mailbot.errors import UserError
from mailbot.settings import rules
from mailbot.settings.environment import SECRETS, Given, name_of
from mailbot.settings.problems import Problem, problem
from mailbot.settings.sections import Settings

Values = dict[str, Any]
#: the address of a mailbox that nobody has set
NO_ADDRESS = "desk@mailbot.example"


def load(
    folder: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    *,
    account: bool = True,
) -> Settings:
    """The settings of a configuration folder: the one named, else MAILBOT_CONFIG, else `config` where mailbot is run.

    Without `account` what is missing of the mailbox and of staff is made up, for work that never signs in to it. Raises
    UserError with every problem at once.
    """
    given = Given(environ)
    file = (folder or given.folder) / "mailbot.toml"
    now = (clock or SystemClock()).now()
    in_file, problems = _read(file)
    problems += given.problems
    if in_file is not None:
        problems += _take_out(in_file)
        made_up = {} if account else {**_made_up(now), "staff": {"addresses": ["staff@mailbot.example"]}}
        settings, wrong = _checked(_merged(made_up, _merged(in_file, given.values)), file.parent, now)
        problems += wrong
        told = {one.key for one in problems}
        problems += [one for one in rules.broken(settings) if one.key not in told]
    if in_file is None or problems:
        raise UserError(*(one.line(given.where(one.key) or str(file)) for one in problems))
    return settings


def _read(file: Path) -> tuple[Values | None, list[Problem]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), []
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).rstrip(")").rpartition(" (at ")
        fix = "write each setting as name = value, with text in quotes"
        return None, [Problem((), f"{place}: {what[:1].lower()}{what[1:]}; {fix}")]
    except UnicodeDecodeError:
        return None, [Problem((), "is not text in UTF-8; save it as UTF-8")]
    except OSError as error:
        fix = "name the folder it is in with --config or MAILBOT_CONFIG"
        return None, [Problem((), f"cannot be read ({error.strerror}); {fix}")]


def _take_out(in_file: Values) -> Iterator[Problem]:
    """What must not stand in the file."""
    if in_file.pop("folder", None) is not None:
        yield Problem(("folder",), "is not a setting; name the configuration folder with --config or MAILBOT_CONFIG")
    for section, name in SECRETS:
        values = in_file.get(section)
        if isinstance(values, dict) and _is_secret(name, values.get(name)):
            del values[name]
            variable = name_of((section, name))
            fix = f"move it to the environment, as {variable} or in a file named by {variable}_FILE"
            yield Problem((section, name), f"a password must not stand in this file; {fix}")


def _is_secret(name: str, value: object) -> bool:
    """Any password, and the address of a database if it holds one."""
    if name != "url":
        return value is not None
    try:
        return isinstance(value, str) and bool(make_url(value).password)
    except (ArgumentError, ValueError):
        return False


def _merged(below: Values, above: Values) -> Values:
    both = {
        name: _merged(below[name], above[name])
        for name in below.keys() & above.keys()
        if isinstance(below[name], dict) and isinstance(above[name], dict)
    }
    return {**below, **above, **both}


def _checked(values: Values, folder: Path, now: dt.datetime) -> tuple[Settings, list[Problem]]:
    """The settings and what is wrong; a wrong value is left out, so that the rules still see everything else."""
    values.setdefault("mailbox", {})
    try:
        return Settings.model_validate({**values, "folder": folder}), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    for one in errors:
        _leave_out(values, one["loc"])
    return Settings.model_validate(_merged(_made_up(now), values) | {"folder": folder}), [
        problem(one, now) for one in errors
    ]


def _made_up(now: dt.datetime) -> Values:
    """A mailbox that nobody signs in to."""
    return {"mailbox": {"address": NO_ADDRESS, "host": "localhost", "start_from": now}}


def _leave_out(values: Values, place: tuple[int | str, ...]) -> None:
    """Remove the setting at that place; of a list, all of it."""
    *sections, name = map(str, takewhile(lambda part: isinstance(part, str), place))
    for section in sections:
        values = values.get(section, {})
    values.pop(name, None)
