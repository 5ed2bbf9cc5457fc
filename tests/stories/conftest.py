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
