"""E4: a fault of the mailbox is told by another road than the mailbox, and health can be asked for from outside."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import timedelta

from tests.servers.net import free_port
from tests.servers.smtp import deliver_on
from tests.servers.webhook import Webhook
from tests.stories.conftest import OpenDesk


def test_a_mailbox_that_refuses_us_is_told_to_the_webhook(open_desk: OpenDesk) -> None:
    port = free_port()
    with Webhook().running() as hook:
        desk = open_desk(
            ALARMS__WEBHOOK=hook.url, MAILBOX__PASSWORD="last year's", HEALTH__PORT=str(port)
        )  # the password was changed and nobody thought of us
        desk.start()
        desk.until(lambda: hook.texts, "nobody was told")
        assert "the mailbox refused the sign-in" in hook.texts[0]
        assert "mailbox.host" in hook.texts[0]
        assert "open-sesame" not in desk.log
        assert health(port) == (503, ["mailbox"])
        desk.stop()
        assert desk.letters() == []


def test_the_canary_proves_the_road_and_its_absence_is_an_alarm(open_desk: OpenDesk) -> None:
    port = free_port()
    with Webhook().running() as hook:
        desk = open_desk(ALARMS__WEBHOOK=hook.url, ALARMS__CANARY_HOURS="6", HEALTH__PORT=str(port))
        deliver = deliver_on(desk.dovecot)
        desk.sink.after = [deliver]
        desk.start()
        desk.letter("canary", desk.address)
        desk.until(lambda: desk.kinds() == ["own"], "the canary did not come back")
        desk.quiet()
        assert health(port) == (200, [])

        desk.sink.after = []  # what is sent no longer arrives
        desk.move_clock(desk.now() + timedelta(hours=6))
        desk.until(lambda: len(desk.letters("canary")) == 2, "no second canary")
        desk.move_clock(desk.now() + timedelta(minutes=31))
        desk.until(lambda: hook.texts, "nobody was told")
        assert "mailbot's letter to itself has not come back" in hook.texts[0]

        desk.sink.after = [deliver]
        desk.move_clock(desk.now() + timedelta(hours=6))
        desk.until(lambda: len(hook.texts) == 2, "nobody was told that it is over")
        assert hook.texts[1].startswith("Over:")
        desk.sink.after = []
        desk.stop()


def health(port: int) -> tuple[int, list[str]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status, json.load(answer)["alarms"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["alarms"]
