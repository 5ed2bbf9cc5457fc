"""Addresses and subjects, as mail-parser reads them: it tells a name that poses as an address from the address."""

from __future__ import annotations

import re
from email import errors
from email.message import Message
from email.utils import getaddresses

from mailparser.utils import decode_header_part, get_addresses

from mailbot.mail.model import NOBODY, Address

_MOST = 200
#: what a name that only seems to be encoded makes of the standard library's decoders
_NOT_DECODED = (ValueError, LookupError, errors.MessageError)
#: an address alone, or beside a name that hides nothing: these need no decoding
_ADDRESS = r"([A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,200})"
_NAME = r"(?:\"([A-Za-z][A-Za-z0-9 .,'()-]{0,100})\"|([A-Za-z][A-Za-z0-9 .'-]{0,100}))"
_PLAIN = re.compile(rf"(?:{_NAME}[ ])?<{_ADDRESS}>|{_ADDRESS}")


def sender_of(message: Message) -> Address:
    """The first address of the first From: a second one is somebody's trick."""
    values = message.get_all("from", [])
    return next(iter(_read(values[0])), NOBODY) if values else NOBODY


def people(message: Message, header: str) -> tuple[Address, ...]:
    """Everybody that a header names."""
    values = message.get_all(header, [])[:_MOST]
    return tuple(one for value in values for one in _read(value))[:_MOST]


def subject_of(message: Message) -> str:
    """The subject, decoded, on one line."""
    written = message.get("subject", "")
    try:
        subject = decode_header_part(written)
    except _NOT_DECODED:
        subject = str(written)
    return " ".join(str(subject).split())


def addresses_in(header: str) -> frozenset[str]:
    """The addresses of an address header, in lower case."""
    return frozenset(address.lower() for _, address in getaddresses([header]) if address)


def _read(value: object) -> list[Address]:
    if isinstance(value, str) and (plain := _PLAIN.fullmatch(value.strip())):
        return [Address(plain[1] or plain[2] or "", (plain[3] or plain[4]).lower())]
    try:
        pairs = get_addresses(value, decode_names=True)[:_MOST]
    except _NOT_DECODED:
        pairs = getaddresses([str(value)])[:_MOST]
    return [
        Address("" if name == address else str(name), str(address).strip().lower())
        for name, address in pairs
        if "@" in str(address)
    ]
