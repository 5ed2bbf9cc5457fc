"""The ledger adds up with a real mailbox: what it lacks is taken in, handled once, and told to staff by number (R2)."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from mailbot.actions import ledger
from mailbot.mailboxes.imap import Imap
from mailbot.reconcile import Compared, compare, watched
from mailbot.store import Store
from mailbot.store.tables import mail as mail_table
from mailbot.store.tables import raw as raw_table
from tests.desk import mail
from tests.servers.dovecot import Dovecot
from tests.test_receive import NOW, Team
from tests.test_receive import team as team


def account(team: Team) -> ledger.Ledger:
    with team.store.look(NOW) as tx:
        return ledger.of(tx)


def needs(team: Team) -> list[tuple[str, str]]:
    with team.store.look(NOW) as tx:
        return [(row["why"], row["words"]) for row in tx.needs.waiting()]


def looked_at(team: Team) -> Compared:
    """As `mailbot status` compares: it changes nothing."""
    mailbox = Imap.connect(team.settings)
    with team.store.look(NOW) as tx:
        found = compare(mailbox, tx, team.settings, watched(mailbox.folders(), team.settings))
    mailbox.close()
    return found


def forget_last_mail(team: Team) -> int:
    """A row of the ledger is lost, as by a restored backup; says its UID."""
    with team.store.transaction(NOW) as tx:
        row = tx.connection.execute(sa.select(mail_table).order_by(mail_table.c.id.desc())).mappings().first()
        assert row is not None
        tx.connection.execute(sa.delete(raw_table).where(raw_table.c.mail_id == row["id"]))
        tx.connection.execute(sa.delete(mail_table).where(mail_table.c.id == row["id"]))
        return int(row["uid"])


def test_all_is_well(team: Team) -> None:
    team.arrives(mail())
    team.works()
    found = account(team)
    assert found.adds_up
    assert (found.words, found.held, found.missing) == ("1 mail, 1 accounted for", 1, 0)
    assert found.compared_at is not None
    assert needs(team) == []
    assert looked_at(team).missing == 0, "what was filed is known where it lies now"


def test_what_the_ledger_lost_is_taken_in_handled_and_told_by_its_number(dovecot: Dovecot, store: Store) -> None:
    team = Team(dovecot, store, file_finished=False)
    team.put("INBOX", mail("Who are you?"), NOW - timedelta(days=5000))
    team.receives()
    team.arrives(mail())
    team.receives()
    uid = forget_last_mail(team)
    assert [one.uids for one in looked_at(team).differences] == [[uid]]

    team.clock.move(days=1, minutes=1)
    team.works()
    assert team.states() == ["before_us", "handled"]
    assert team.forms() == 1
    ((why, words),) = needs(team)
    assert (why, words.partition(". ")[0]) == ("ledger", "The mailbox held 1 mail that mailbot had not kept: number 2")
    assert account(team).missing == 1
    team.clock.move(days=1, minutes=1)
    team.works()
    assert account(team).adds_up, "the next day it adds up"
    assert len(needs(team)) == 1
    team.receiver.stop()


def test_what_staff_filed_before_it_was_kept_waits_for_a_person(team: Team) -> None:
    team.works()
    team.put("Handled", mail(sender="Ann <ann.fry@council.example>"))
    assert looked_at(team).missing == 1
    team.clock.move(days=1, minutes=1)
    team.works()
    while team.actor.step():
        pass
    assert team.states() == ["before_us", "set_aside"]
    assert team.forms() == 0
    assert [why for why, _ in needs(team)] == ["ledger", "set_aside"]
    assert "moved into a folder of mailbot's own" in needs(team)[1][1]
    team.clock.move(days=1, minutes=1)
    team.works()
    assert team.states() == ["before_us", "set_aside"], "it is taken in once"


def test_it_is_compared_at_each_start_and_once_a_day(team: Team) -> None:
    team.works()
    first = account(team).compared_at
    team.clock.move(hours=23)
    team.works()
    assert account(team).compared_at == first
    team.receiver.stop()
    team.receiver = team.another()
    team.works()
    second = account(team).compared_at
    assert first is not None
    assert second is not None
    assert second > first


def test_old_mail_in_our_folders_is_before_us(team: Team) -> None:
    team.put("Handled", mail(), NOW - timedelta(days=5000))
    team.works()
    assert needs(team) == []
    assert account(team).adds_up
