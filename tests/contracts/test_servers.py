"""The throw-away servers keep their own promises."""

from __future__ import annotations

import time

import sqlalchemy as sa

from mailbot.loop import Bell
from mailbot.mailboxes.imap import Imap
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.proxy import Proxy


def test_every_database_is_a_fresh_one(postgres: Postgres) -> None:
    urls = postgres.new_database(), postgres.new_database()

    for url in urls:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("create table only_here (id integer)"))
        engine.dispose()


def test_the_proxy_tells_when_the_server_spoke(dovecot: Dovecot) -> None:
    address = dovecot.new_address()
    with Proxy(dovecot.imaps_port, dovecot.certificate).running() as proxy:
        mailbox = Imap.connect(dovecot.settings(address, port=proxy.port))
        mailbox.list_from("INBOX", 1)
        before, sent = proxy.commands(), time.monotonic()
        dovecot.deliver(b"Subject: x\r\n\r\n" + b"x" * 100_000 + b"\r\n", address)

        mailbox.wait("INBOX", 5, Bell().fileno())
        (listed,) = mailbox.list_from("INBOX", 1)
        ((_, raw),) = mailbox.fetch("INBOX", [listed.uid])
        mailbox.close()

    told = proxy.when(b" EXISTS", after=sent)
    assert told is not None
    assert sent < told < time.monotonic()
    assert len(raw) == listed.size
    assert proxy.commands() - before == 4  # IDLE, two FETCHes, LOGOUT
    assert proxy.commands(b"IDLE") == 1
