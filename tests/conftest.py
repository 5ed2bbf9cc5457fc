"""Fixtures every suite may use, and a plain word at the end about what could not run."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from mailbot.settings import MailboxSettings, SenderSettings
from mailbot.store import Store
from tests.servers import dovecot as dovecot_server
from tests.servers import postgres as postgres_server
from tests.servers.dovecot import Dovecot
from tests.servers.net import Certificate, NotInstalled
from tests.servers.postgres import Postgres
from tests.servers.smtp import SmtpSink

# an example takes as long as a busy machine takes
hypothesis.settings.register_profile("busy", deadline=None)
hypothesis.settings.load_profile("busy")

Server = TypeVar("Server")
MISSING = "is not installed on this machine"


@contextlib.contextmanager
def _running(start: Callable[[], contextlib.AbstractContextManager[Server]]) -> Iterator[Server]:
    """The server; without its program a skip, and where everything must run (CI=true) a failure."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(start())
        except NotInstalled as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{missing} {MISSING}", pytrace=False)
            pytest.skip(f"{missing} {MISSING}")
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was skipped for want of a server, and the one command that would let it run."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2].removeprefix("Skipped: ") for report in skipped if report.longrepr]
    wanting = Counter(reason.removesuffix(MISSING).strip() for reason in reasons if reason.endswith(MISSING))
    if not wanting:
        return
    terminalreporter.section("did not run")
    for server, tests in sorted(wanting.items()):
        terminalreporter.line(f"{tests} tests: {server} {MISSING}")
    terminalreporter.line("to let them run: sudo make packages")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database of today's shape; suites that run on both engines have one of their own."""
    found = Store(f"sqlite:///{tmp_path}/mailbot.db")
    found.upgrade()
    yield found
    found.close()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server; every test takes addresses of its own from it."""
    with _running(dovecot_server.running) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with _running(postgres_server.running) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The URL of a database nobody has used."""
    return postgres.new_database()


@pytest.fixture
def mailbox_settings(dovecot: Dovecot) -> MailboxSettings:
    """A fresh, empty mailbox."""
    return dovecot.settings(dovecot.new_address())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """Takes every letter, over plain text."""
    with SmtpSink().running() as sink:
        yield sink


@pytest.fixture
def sender_settings(smtp_sink: SmtpSink) -> SenderSettings:
    return smtp_sink.settings()


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return Path(__file__).parent.parent
