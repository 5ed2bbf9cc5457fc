"""The demo's mail server: IMAP (pymap) and SMTP (aiosmtpd) in this process, in memory, on loopback only.

Everybody has a mailbox here: any address signs in with the one password, so that a person with a mail program
can play a referrer. Nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from argparse import Namespace
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP
from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext

from mailbot.clock import Clock, SystemClock

HOST = "127.0.0.1"
#: who vouches for senders here: this server believes everybody
AUTHSERV_ID = "mail.demo.example"
FOLDERS = ("Sent", "Drafts", "Junk")
LARGEST = 50_000_000


@dataclass(frozen=True)
class Letter:
    """A mail that went to somebody else than the team."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class DemoMail:
    """A mail server while the `with` block lasts; `letters` keeps what was sent to anybody but the team."""

    host = HOST
    imap_port = 0
    smtp_port = 0

    def __init__(
        self,
        address: str = "team@desk.example",
        password: str = "demo",  # noqa: S107 - the demo's
        clock: Clock | None = None,
    ) -> None:
        self.address, self.password = address, password
        self._clock = clock or SystemClock()
        self.letters: list[Letter] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="demo-mail", daemon=True)
        self._started = threading.Event()
        self._fault: BaseException | None = None

    def deliver(self, raw: bytes, folder: str = "INBOX", address: str = "") -> None:
        """Put a mail into a folder of the team, or of that address, as if it had just come."""
        self._call(self._append(address or self.address, folder, raw))

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        if self._fault is not None:
            raise self._fault
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # already over
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None, "the mail server is not running"
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as fault:  # told to whoever waits in __enter__
            self._fault = fault
        finally:
            self._started.set()

    async def _serve(self) -> None:
        """Until told to stop. Then asyncio.run ends the connections; to close would be to wait for them."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        config = _Config.for_demo()
        config.apply_context()
        self._everybody = _Everybody(config, self.password)
        answer = IMAPServer(self._everybody, config)

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # pymap's own service starts a task nobody holds, which 3.13 collects in the middle of a session
            await answer(reader, writer, SocketInfo.get(writer, ProxyResultLocal()))

        imap = await asyncio.start_server(converse, HOST, 0)
        smtp = await self._loop.create_server(self._smtp_session, HOST, 0)
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in (imap, smtp))
        self._started.set()
        await self._stop.wait()
        imap.close()
        smtp.close()

    def _smtp_session(self) -> SMTP:
        return SMTP(self, hostname="localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=self._loop)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Into everybody's INBOX; letters to others are kept in `letters` too."""
        raw = envelope.original_content
        others = tuple(one for one in envelope.rcpt_tos if one.lower() != self.address.lower())
        vouched = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass\r\n".encode() + raw
        for recipient in envelope.rcpt_tos:
            await self._append(recipient, "INBOX", vouched)
        if others:
            self.letters.append(Letter(envelope.mail_from, others, raw))
        return "250 2.0.0 OK"

    async def _append(self, address: str, folder: str, raw: bytes) -> None:
        identity = await self._everybody.identity(address)
        async with identity.new_session() as session:
            await session.append_messages(folder, [AppendMessage(raw, self._clock.now())])


class _Config(Config):
    """pymap's settings without its command line, its password hashing and the name of this machine."""

    @classmethod
    def for_demo(cls) -> _Config:
        return cls(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host=HOST,
            port=0,
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            max_append_len=LARGEST,
        )

    @property
    def greeting(self) -> bytes:
        return b"the demo's mail server"


class _Everybody(Login):
    """Knows every address by the same password; a new one gets its folders when it is first named."""

    def __init__(self, config: Config, password: str) -> None:
        super().__init__(config)
        self._password = password

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        await self.identity(credentials.authcid)
        return await super().authenticate(credentials)

    async def identity(self, address: str) -> Identity:
        if address not in self.users_dict:
            self.config.set_cache[address] = await self._folders(address.lower())
            self.users_dict[address] = UserMetadata(self.config, address, password=self._password)
        return Identity(address, self, None, frozenset())

    async def _folders(self, address: str) -> tuple[MailboxSet, FilterSet]:
        """The same folders, however the address is written."""
        if address not in self.config.set_cache:
            self.config.set_cache[address] = folders, _ = MailboxSet(), FilterSet()
            for name in FOLDERS:
                await folders.add_mailbox(name)
        return self.config.set_cache[address]
