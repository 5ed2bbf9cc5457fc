"""Desks for the stories: each with a mailbox nobody has used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp import SmtpSink
from tests.stories.desk import Desk

OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[OpenDesk]:
    """Makes the desk with other settings than usual, not yet started; ended when the story is told."""
    desks: list[Desk] = []

    def open_one(**settings: str) -> Desk:
        folder = tmp_path / f"desk-{len(desks) + 1}"
        folder.mkdir()
        desks.append(Desk(dovecot, smtp_sink, folder, **settings))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """A desk in mode send that has started."""
    return open_desk().start()


@pytest.fixture(scope="session")
def counter(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One service for all stories that need no more of it: each asks only what came of its own mails.

    Its clock stands on the Monday and is never moved; nobody else's letters, items or references may be counted.
    """
    with SmtpSink().running() as sink:
        desk = Desk(dovecot, sink, tmp_path_factory.mktemp("counter"), SENDER__LETTERS_PER_HOUR="0")
        yield desk.start()
        desk.close()
