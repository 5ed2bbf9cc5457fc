"""Settings from the environment: MAILBOT_, then a section and its setting joined by two underscores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from mailbot.settings.problems import Key, Problem, keys
from mailbot.settings.sections import Settings

_PREFIX = "MAILBOT_"
_FOLDER = "MAILBOT_CONFIG"

#: what must not stand in a file that is copied about: given as NAME, or as NAME_FILE, the path of a file with it
SECRETS: tuple[Key, ...] = (
    ("mailbox", "password"), ("sender", "password"), ("database", "url"), ("alarms", "password"), ("alarms", "webhook"),
)  # fmt: skip


class _Names(Settings, BaseSettings):
    """Says which variable is which setting; never built."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__", enable_decoding=False)


class Given:
    """What the environment says, and what is wrong with it; a variable that is empty counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._given = {name: text for name, text in environ.items() if name.startswith(_PREFIX) and text}
        self.folder = Path(self._given.get(_FOLDER, "config"))
        self.problems = [*self._unknown(), *self._read_secrets()]
        self.values = self._values()

    def where(self, key: Key) -> str | None:
        """The variable that gives this setting, if one does."""
        name = name_of(key)
        return next((f"environment {one}" for one in (f"{name}_FILE", name) if one in self._given), None)

    def _values(self) -> dict[str, Any]:
        source = EnvSettingsSource(_Names)
        source.env_vars = {name.lower(): self._given[name] for name in map(name_of, keys()) if name in self._given}
        return source()

    def _read_secrets(self) -> Iterator[Problem]:
        for key in SECRETS:
            name, file = name_of(key), f"{name_of(key)}_FILE"
            if file not in self._given:
                continue
            if name in self._given:
                yield Problem(key, f"is given twice; keep only one of {name} and {file}")
                continue
            try:
                self._given[name] = Path(self._given[file]).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "not text in UTF-8"
                yield Problem(
                    key, f"cannot be read from {self._given[file]} ({why}); name a file that mailbot can read"
                )

    def _unknown(self) -> Iterator[Problem]:
        """Slips of the pen. Not all that begins with our prefix: Kubernetes sets MAILBOT_SERVICE_HOST and the like."""
        known = [name_of(key) for key in keys()]
        for name in sorted(self._given.keys() - {*known, *(f"{name_of(key)}_FILE" for key in SECRETS), _FOLDER}):
            near = get_close_matches(name.removeprefix(_PREFIX), [one.removeprefix(_PREFIX) for one in known], 1, 0.85)
            if near:
                yield Problem((), f"is not a setting; did you mean {_PREFIX}{near[0]}?", f"environment {name}")
            elif "__" in name:
                yield Problem((), "is not a setting; remove it", f"environment {name}")


def name_of(key: Key) -> str:
    """The variable of a setting."""
    return _PREFIX + "__".join(key).upper()
