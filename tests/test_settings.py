"""Settings: the file and the environment become one Settings, or every problem is told at once."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from mailbot import settings
from mailbot.clock import MovableClock
from mailbot.errors import UserError
from mailbot.settings import MailboxSettings, Settings
from mailbot.settings.environment import name_of
from mailbot.settings.problems import field_of, keys

CONFIG = Path(__file__).parent.parent / "config"
BAD = Path(__file__).parent / "bad_configs"
WELL = """
[mailbox]
address = "referrals@service.example"
host = "imap.service.example"
start_from = 2026-11-23T09:00:00Z
"""


def monday() -> MovableClock:
    """Nine in the morning, now: it runs on, and the time to propose is the minute."""
    return MovableClock(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run in, with config/ and the shipped form but no mailbot.toml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config/forms/1").mkdir(parents=True)
    shutil.copy(CONFIG / "forms/1/form.toml", "config/forms/1")
    return tmp_path


def load(text: str = WELL, **environ: str) -> Settings:
    Path("config/mailbot.toml").write_text(text)
    return settings.load(environ=environ, clock=monday())


@pytest.mark.parametrize("case", sorted(path.name for path in BAD.iterdir()))
def test_bad_configs(here: Path, case: str) -> None:
    """Each folder holds a mailbot.toml, perhaps an `env`, and the problems that must be told, one a line."""
    if (BAD / case / "mailbot.toml").exists():
        shutil.copy(BAD / case / "mailbot.toml", here / "config")
    env = BAD / case / "env"
    environ = dict(line.split("=", 1) for line in env.read_text().splitlines()) if env.exists() else {}

    with pytest.raises(UserError) as told:
        settings.load(environ=environ, clock=monday())

    assert "\n".join(told.value.problems) + "\n" == (BAD / case / "expected").read_text()


@pytest.mark.usefixtures("here")
class TestLoad:
    def test_little_is_needed(self) -> None:
        found = load()

        assert found == Settings(
            folder=Path("config"),
            mailbox=MailboxSettings(
                address="referrals@service.example",
                host="imap.service.example",
                start_from=dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC),
            ),
        )
        assert found.mode == "observe"

    def test_the_environment_goes_before_the_file(self) -> None:
        found = load(
            'mode = "observe"\n[mailbox]\naddress = "old@service.example"\nport = 143\n[mailbox.folders]\nsent = "Sent"',
            MAILBOT_MODE="send",
            MAILBOT_MAILBOX__ADDRESS="referrals@service.example",
            MAILBOT_MAILBOX__HOST="imap.service.example",
            MAILBOT_MAILBOX__START_FROM="2026-11-23T10:00:00+01:00",
            MAILBOT_MAILBOX__FOLDERS__HANDLED="Done",
            MAILBOT_SENDER__HOST="smtp.service.example",
            MAILBOT_STAFF__ADDRESSES="lead@service.example, deputy@service.example",
            MAILBOT_MAILBOX__WATCH='["INBOX", "Forms, returned"]',
        )

        assert found.mode == "send"
        assert found.mailbox.address == "referrals@service.example"
        assert found.mailbox.port == 143
        assert found.mailbox.start_from == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
        assert (found.mailbox.folders.handled, found.mailbox.folders.sent) == ("Done", "Sent")
        assert found.mailbox.watch == ("INBOX", "Forms, returned")
        assert found.staff.addresses == ("lead@service.example", "deputy@service.example")

    def test_an_empty_variable_is_not_set(self) -> None:
        assert load(MAILBOT_MODE="", MAILBOT_MAILBOX__PASSWORD_FILE="").mode == "observe"

    def test_the_folder_is_the_one_named_or_mailbot_config(self, tmp_path: Path) -> None:
        shutil.copytree("config", tmp_path / "ours")
        (tmp_path / "ours/mailbot.toml").write_text(WELL)

        assert settings.load(Path("ours"), {}).folder == Path("ours")
        assert settings.load(environ={"MAILBOT_CONFIG": "ours"}).folder == Path("ours")

    def test_work_without_an_account_needs_no_mailbox(self) -> None:
        Path("config/mailbot.toml").write_text('[mailbox]\nauthserv_id = "mx.service.example"\nport = 0')

        with pytest.raises(UserError, match=r"^config/mailbot\.toml: mailbox\.port: [^\n]+$"):
            settings.load(environ={}, account=False)
        assert settings.load(environ={"MAILBOT_MAILBOX__PORT": "993"}, account=False).mailbox.authserv_id

    def test_a_secret_may_be_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("open sesame \n")

        found = load(MAILBOT_MAILBOX__PASSWORD_FILE=str(tmp_path / "secret"), MAILBOT_SENDER__PASSWORD="shut")

        assert found.mailbox.password.get_secret_value() == "open sesame "
        assert found.sender.password.get_secret_value() == "shut"

    def test_secrets_are_never_shown(self) -> None:
        found = load(
            MAILBOT_MAILBOX__PASSWORD="open-sesame",
            MAILBOT_DATABASE__URL="postgresql+psycopg://desk:open-sesame@db.service.example/mailbot",
        )

        assert "open-sesame" not in repr(found)
        assert "open-sesame" not in str(found)

    def test_plain_text_stays_on_this_machine_unless_allowed(self) -> None:
        environ = {"MAILBOT_MAILBOX__TLS": "plain"}
        for host in ("localhost", "127.0.0.1", "::1"):
            assert load(MAILBOT_MAILBOX__HOST=host, **environ).mailbox.tls == "plain"

        assert load(MAILBOT_MAILBOX__PLAIN_ALLOWED="true", **environ).mailbox.plain_allowed

    def test_settings_cannot_be_changed(self) -> None:
        with pytest.raises(ValueError, match="frozen"):
            load().mailbox.port = 1

    def test_what_is_unset_is_told(self) -> None:
        told = [line.split(": ")[:3] for line in settings.unset(load())]

        assert told == [
            ["config/mailbot.toml", "mailbox.authserv_id", "is not set"],
            ["config/mailbot.toml", "sender.host", "is not set"],
            ["config/mailbot.toml", "staff.addresses", "is not set"],
            ["config/mailbot.toml", "meeting.dial_in", "is not set"],
            ["config/mailbot.toml", "alarms.host", "is not set, nor a webhook"],
            ["environment MAILBOT_MAILBOX__PASSWORD", "mailbox.password", "is not set"],
        ]

    def test_nothing_is_told_when_all_is_set(self) -> None:
        found = load(
            MAILBOT_MAILBOX__AUTHSERV_ID="mx.service.example",
            MAILBOT_MAILBOX__PASSWORD="open-sesame",
            MAILBOT_SENDER__HOST="smtp.service.example",
            MAILBOT_STAFF__ADDRESSES="lead@service.example",
            MAILBOT_MEETING__DIAL_IN="01632 960123, code 11",
            MAILBOT_ALARMS__WEBHOOK="https://chat.elsewhere.example/alarms",
        )

        assert settings.unset(found) == []


class TestTheShippedFile:
    """config/mailbot.toml is the documentation of the settings: it must say all there is, and what is so."""

    TEXT = (CONFIG / "mailbot.toml").read_text()
    SAID = tomllib.loads(re.sub(r"^#(?=\w+ = )", "", TEXT, flags=re.MULTILINE))

    @pytest.mark.parametrize("key", [*keys()], ids=".".join)
    def test_has_every_setting_and_why(self, key: tuple[str, ...]) -> None:
        named = name_of(key) if key[-1] in ("password", "webhook") else rf"^#?{key[-1]} = "
        section = re.split(r"^\[(.+)\]$", "[]\n" + self.TEXT, flags=re.MULTILINE)
        body = dict(zip(section[1::2], section[2::2], strict=True)).get(".".join(key[:-1]), section[0])

        assert re.search(rf"^# {re.escape(field_of(key).description or '')}\n.*{named}", body, re.MULTILINE)

    def test_defaults_are_the_code_s(self) -> None:
        assert Settings.model_validate(self.SAID) == Settings(
            mailbox=MailboxSettings(
                **{name: self.SAID["mailbox"][name] for name in ("address", "host", "start_from")},
            )
        )

    def test_sections_are_in_order(self) -> None:
        sections = re.findall(r"^\[(.+)\]$", self.TEXT, flags=re.MULTILINE)

        assert sections == list(dict.fromkeys(".".join(key[:-1]) for key in keys() if key[1:]))

    def test_needs_only_the_three(self) -> None:
        with pytest.raises(UserError) as told:
            settings.load(CONFIG, {})

        assert [line.split(": ")[1] for line in told.value.problems] == [
            "mailbox.address",
            "mailbox.host",
            "mailbox.start_from",
        ]
