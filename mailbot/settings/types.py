"""What a value must look like. A fault says what is wrong; the fix. It never repeats an address or a secret."""

from __future__ import annotations

import datetime as dt
import json
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Tls = Literal["tls", "starttls", "plain"]
Mode = Literal["observe", "drafts", "send"]
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

EXAMPLE_MOMENT = "2026-11-23T09:00:00Z"

_ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"\\]+@(localhost|[\w-]+(\.[\w-]+)+)")  # near enough to catch a slip
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")


def shown(value: Any) -> str:
    """A value as mailbot.toml would have it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("is not an e-mail address; write it as name@organisation.example, without a name beside it")
    return text


def _host(text: str) -> str:
    if text and not _HOST.fullmatch(text) and not _ip(text):
        raise ValueError(
            f"is not a host name (is {shown(text)}); write only the name, such as mail.organisation.example: "
            "the port is a setting of its own"
        )
    return text


def _ip(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _moment(value: Any) -> Any:
    """Numbers are refused: 2026 is a year to a person and 1970 to a computer."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
        raise ValueError(f"must be a date, a time and its offset; write it as {EXAMPLE_MOMENT}")
    return moment


def _wall_time(value: Any) -> Any:
    if isinstance(value, str) and (match := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value)):
        return dt.time(int(match[1]), int(match[2]))
    if not isinstance(value, dt.time):
        raise ValueError(  # noqa: TRY004 - pydantic collects ValueErrors
            'must be a time of day; write it as "10:00"'
        )
    return value


def _names(value: Any) -> Any:
    """A list as TOML has it; from the environment separated by commas, or as JSON where a name holds a comma."""
    if not isinstance(value, str):
        return value
    try:
        return (
            json.loads(value) if value.startswith("[") else [part.strip() for part in value.split(",") if part.strip()]
        )
    except ValueError:
        raise ValueError('must be a list; write it as ["one", "two"], or as one, two') from None


def _agencies(entries: tuple[str, ...]) -> tuple[str, ...]:
    for entry in entries:
        whose, colon, agency = (part.strip() for part in entry.partition(":"))
        if not colon or not agency or not (_ADDRESS.fullmatch(whose) or _HOST.fullmatch(whose)):
            raise ValueError(
                "must say whose agency it is; write each as address: agency, or domain: agency, such as "
                '"police.example: Police"'
            )
    return entries


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of zones
        raise ValueError(f"is not a time zone (is {shown(name)}); write one such as Europe/London") from None
    return name


def _database(url: str) -> str:
    """The URL is never repeated: it may hold a password."""
    try:
        backend = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise ValueError(
            "is not the address of a database; write sqlite:///var/mailbot.db, or "
            "postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE in the environment"
        )
    return url


def _webhook(url: SecretStr) -> SecretStr:
    """The URL is never repeated: whoever has it may post there."""
    parts = urlsplit(url.get_secret_value())
    host = parts.hostname or ""
    if url.get_secret_value() and not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))):
        raise ValueError("is not the address of a webhook; write one that begins with https://")
    return url


def _is_here(host: str) -> bool:
    return host == "localhost" or (_ip(host) and ip_address(host).is_loopback)


Webhook = Annotated[SecretStr, AfterValidator(_webhook)]
Address = Annotated[str, AfterValidator(_address)]
OptionalAddress = Annotated[str, AfterValidator(lambda text: text and _address(text))]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_names)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Agencies = Annotated[Names, AfterValidator(_agencies)]
Host = Annotated[str, AfterValidator(_host)]
Port = Annotated[int, Field(ge=1, le=65535)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(lambda moment: moment.astimezone(dt.UTC))]
WallTime = Annotated[dt.time, BeforeValidator(_wall_time)]
Zone = Annotated[str, AfterValidator(_zone)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
OptionalPath = Annotated[Path | None, BeforeValidator(lambda value: None if value == "" else value)]
