"""Alarms leave by another road than the mailbox they speak of, once, and it is said when they are over."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mailbot.actions import canary, ledger
from mailbot.errors import MailboxError, Passing, SignInRefused, UserError
from mailbot.loop import Bell, Loop
from mailbot.senders import webhook as webhook_sender
from mailbot.settings import AlarmSettings, HealthSettings
from mailbot.store import LetterState, Store
from mailbot.watch import Watch, supervisor
from mailbot.watch.healthz import Healthz
from tests.desk import MONDAY, QUIET, US, Desk, Still, a_letter, mail, office_with
from tests.servers.net import free_port, wait_until
from tests.servers.smtp import SmtpSink
from tests.servers.webhook import Webhook

ON_CALL = "on.call@elsewhere.example"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with Webhook().running() as found:
        yield found


def watch(store: Store, clock: Still, *loops: Loop, **alarms: Any) -> Watch:
    office = office_with(alarms=AlarmSettings(**{"canary_hours": 0, **alarms}))
    return Watch(office, store, clock, loops)


def hooked(hook: Webhook) -> SecretStr:
    return SecretStr(hook.url)


def broken(error: Exception) -> Callable[[], bool]:
    def step() -> bool:
        raise error

    return step


@pytest.fixture
def start() -> Iterator[Callable[[Loop], Loop]]:
    started: list[Loop] = []

    def one(loop: Loop) -> Loop:
        started.append(loop)
        loop.start()
        return loop

    yield one
    for loop in started:
        loop.stop()
        loop.join(5)


class TestTheRoads:
    def test_all_is_well(self, store: Store, hook: Webhook) -> None:
        watch(store, Still(), webhook=hooked(hook)).step()
        assert hook.texts == []

    def test_a_sign_in_that_is_refused_is_an_alarm_at_once(
        self, store: Store, hook: Webhook, start: Callable[[Loop], Loop]
    ) -> None:
        loop = start(Loop("receive", broken(SignInRefused("the mailbox refused the sign-in")), Bell()))
        assert wait_until(lambda: loop.pulse.trouble is not None)
        watch(store, Still(), loop, webhook=hooked(hook)).step()
        (text,) = hook.texts
        assert text.startswith(
            "Alarm: mailbot of HMASIP. The mailbox cannot be used: the mailbox refused the sign-in, since Monday 23"
        )
        assert "Check mailbox.host" in text

    def test_other_trouble_is_one_when_it_lasts_and_it_is_said_when_it_is_over(
        self, store: Store, hook: Webhook, start: Callable[[Loop], Loop]
    ) -> None:
        loop = start(Loop("receive", broken(MailboxError("connecting: no answer in time")), Bell()))
        assert wait_until(lambda: loop.pulse.trouble is not None)
        patient = watch(store, Still(), loop, webhook=hooked(hook))
        patient.step()
        assert hook.texts == [], "fifteen minutes are not over"
        quick = watch(store, Still(), loop, webhook=hooked(hook), after_minutes=0.0001)
        quick.step()
        quick.step()
        assert len(hook.texts) == 1
        loop.pulse.trouble = None
        quick.step()
        assert [text.partition(":")[0] for text in hook.texts] == ["Alarm", "Over"]

    def test_a_second_account_carries_it_and_never_our_own_password(self, store: Store) -> None:
        clock = Still()
        with SmtpSink(password="second").running() as sink:
            found = watch(
                store, clock, host="127.0.0.1", port=sink.port, tls="plain", sender="alarms@elsewhere.example",
                username="alarms", password=SecretStr("second"), addresses=(ON_CALL,),
            )  # fmt: skip
            with store.transaction(clock.now()) as tx:
                ledger.compared(found._office, tx, 10, [7, 9], 0)
            found.step()
            (letter,) = sink.box
        assert (letter.sender, letter.recipients) == ("alarms@elsewhere.example", (ON_CALL,))
        message = message_from_bytes(letter.raw, policy=default)
        assert message["From"].addresses[0].addr_spec == "alarms@elsewhere.example"
        assert message["Subject"] == "Alarm: mailbot needs help"
        body = message.get_body(("plain",))
        assert body is not None
        assert "The mailbox held 2 mails that mailbot had not kept: number 7 and 9" in body.get_content()

    def test_a_road_that_is_closed_is_tried_again(self, store: Store, hook: Webhook) -> None:
        clock = Still()
        hook.status = 500
        found = watch(store, clock, webhook=hooked(hook), silence_hours=1)
        Desk(store, clock=clock).handles(mail())
        clock.move(hours=2)
        found.step()
        hook.status = 200
        found.step()
        assert hook.texts == [], "not at once"
        clock.move(minutes=1)
        found.step()
        assert len(hook.texts) == 1

    def test_two_processes_tell_it_once_and_a_lasting_one_is_told_again(self, store: Store, hook: Webhook) -> None:
        clock = Still()
        Desk(store, clock=clock).handles(mail())
        clock.move(hours=2)
        both = [watch(store, clock, webhook=hooked(hook), silence_hours=1) for _ in range(2)]
        for one in both:
            one.step()
        assert len(hook.texts) == 1
        clock.move(hours=25)
        both[0].step()
        assert len(hook.texts) == 2

    def test_without_another_road_staff_have_a_letter(self, store: Store) -> None:
        clock = Still()
        desk = Desk(store, clock=clock)
        desk.handles(mail())
        clock.move(hours=2)
        found = watch(store, clock, silence_hours=1)
        found.step()
        found.step()
        (letter,) = desk.letters("alarm")
        assert letter["recipient"] == "duty@desk.example"

    def test_the_database_itself(self, store: Store, hook: Webhook, tmp_path: Path) -> None:
        found = watch(store, Still(), webhook=hooked(hook))
        store.close()
        (tmp_path / "mailbot.db").write_bytes(b"this is no database at all" * 100)
        found.step()
        assert [text for text in hook.texts if "The database cannot be used" in text]

    def test_no_error_repeats_the_address_of_the_webhook(self, hook: Webhook) -> None:
        hook.status = 403
        with pytest.raises(Passing) as told:
            webhook_sender.post(hook.url, "words")
        assert str(told.value) == "the webhook answered 403"
        with pytest.raises(Passing, match="cannot be reached") as told:
            webhook_sender.post(f"http://127.0.0.1:{free_port()}/open-sesame", "words")
        assert "open-sesame" not in str(told.value)


class TestWhatIsAnAlarm:
    def named(self, store: Store, clock: Still, *loops: Loop, **alarms: Any) -> list[str]:
        found = watch(store, clock, *loops, **alarms)
        found.step()
        return sorted(found.alarms)

    def test_letters_that_do_not_leave(self, store: Store) -> None:
        clock = Still()
        with store.transaction(clock.now()) as tx:
            letter_id = tx.letters.put(a_letter(), "mail:1")
            assert letter_id is not None
            tx.letters.take(1, timedelta(minutes=1))
            tx.letters.begin(letter_id, timedelta(minutes=1))
            tx.letters.finish(letter_id, LetterState.READY, note="no answer in time", next_try_at=clock.now())
        clock.move(minutes=14)
        assert self.named(store, clock) == []
        clock.move(minutes=1)
        assert self.named(store, clock) == ["sender"]
        with store.transaction(clock.now()) as tx:
            tx.switches.put("paused", "yes")
        assert self.named(store, clock) == [], "a person wants it so"

    def test_a_mail_that_waits(self, store: Store) -> None:
        clock = Still()
        Desk(store, clock=clock).arrives(mail())
        clock.move(minutes=61)
        assert self.named(store, clock) == ["waiting"]

    def test_a_loop_that_is_stuck(self, store: Store, start: Callable[[Loop], Loop]) -> None:
        loop = start(Loop("deliver", lambda: False, Bell(), idle=60))
        found = watch(store, Still(), loop)
        found.longest = 10.0
        loop.pulse.beat_at -= 11
        found.step()
        assert sorted(found.alarms) == ["stuck:deliver"]
        assert found.is_stuck
        loop.stop()
        assert loop.join(5)
        assert not found.is_stuck, "it was asked to end"


class TestTheCanary:
    """A letter to ourselves proves the whole road."""

    @pytest.fixture
    def clock(self) -> Still:
        return Still()

    @pytest.fixture
    def desk(self, store: Store, clock: Still) -> Desk:
        return Desk(store, office_with(alarms=AlarmSettings()), clock=clock)

    def leaves(self, desk: Desk) -> bytes:
        """It is due, and taken by the server; says its bytes."""
        desk.tick()
        row = desk.letters("canary")[-1]
        with desk.store.transaction(desk.clock.now()) as tx:
            tx.letters.settle(row["id"], LetterState.SENT, [LetterState.READY], sent_at=desk.clock.now())
        return bytes(row["skeleton"])

    def test_goes_every_six_hours(self, desk: Desk, clock: Still) -> None:
        desk.tick()
        desk.tick()
        assert [row["recipient"] for row in desk.letters("canary")] == [US]
        clock.move(hours=6)
        desk.tick()
        assert len(desk.letters("canary")) == 2

    def test_that_comes_back_is_no_alarm_and_is_filed(self, desk: Desk, clock: Still) -> None:
        row = desk.handles(self.leaves(desk))
        assert (row["kind"], row["state"]) == ("own", "handled")
        clock.move(hours=1)
        assert self.missing(desk) is None

    def test_that_does_not_come_back_is_one(self, desk: Desk, clock: Still) -> None:
        self.leaves(desk)
        clock.move(minutes=29)
        assert self.missing(desk) is None
        clock.move(minutes=1)
        assert self.missing(desk) == MONDAY

    @pytest.mark.parametrize("mode", ["observe", "drafts"])
    def test_goes_only_where_letters_leave(self, store: Store, mode: str) -> None:
        desk = Desk(store, office_with(mode=mode, alarms=AlarmSettings()))
        desk.tick()
        assert desk.letters("canary") == []

    def missing(self, desk: Desk) -> object:
        with desk.store.look(desk.clock.now()) as tx:
            return canary.missing_since(desk.office, tx)


class TestWhoAsks:
    def ask(self, port: int, path: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error) if error.code == 503 else None

    def test_healthz_and_livez(self, store: Store) -> None:
        clock = Still()
        Desk(store, clock=clock).handles(mail())
        found = watch(store, clock, silence_hours=1)
        server = Healthz(HealthSettings(port=free_port()), found)
        assert server._server is not None
        port = server._server.server_address[1]
        server.start()
        found.step()
        assert self.ask(port, "/healthz") == (200, {"well": True, "alarms": []})
        clock.move(hours=2)
        found.step()
        assert self.ask(port, "/healthz") == (503, {"well": False, "alarms": ["silence"]})
        assert self.ask(port, "/livez")[0] == 200, "a new start would not help"
        assert self.ask(port, "/etc/passwd")[0] == 404
        server.stop()

    def test_a_port_that_is_taken_is_said_with_the_fix(self, store: Store) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(UserError, match=r"health\.port: cannot listen on .*write another port"):
                Healthz(HealthSettings(port=port), watch(store, Still()))

    def test_systemd_hears_that_we_are_alive(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Callable[[Loop], Loop]
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.bind(str(tmp_path / "notify"))
            systemd.settimeout(5)
            monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
            supervisor.tell("READY=1")
            assert systemd.recv(100) == b"READY=1"
            loop = start(Loop("deliver", lambda: False, Bell(), idle=60))
            found = watch(store, Still(), loop)
            found.step()
            assert systemd.recv(100) == b"WATCHDOG=1\nSTATUS=all is well"
            found.longest = 10.0
            loop.pulse.beat_at -= 11
            found.step()
            systemd.settimeout(0.2)
            with pytest.raises(TimeoutError):
                systemd.recv(100)

    def test_without_systemd_nothing_happens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
        supervisor.tell("READY=1")


def test_the_tests_have_no_canary() -> None:
    assert QUIET.canary_hours == 0
