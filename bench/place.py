"""Where both loops run: one Dovecot, one SMTP sink, and for each run a fresh mailbox and a fresh database."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Literal

from bench import maildir
from bench.memory import watched
from bench.requests import request
from tests.servers import dovecot, postgres
from tests.servers.dovecot import Dovecot
from tests.servers.net import HOST, short_folder, wait_until
from tests.servers.postgres import Postgres

Who = Literal["bare", "mailbot", "storing", "receiving"]
Engine = Literal["sqlite", "postgres"]
PROGRAMS: dict[Who, str] = {
    "bare": "bench.bare",
    "mailbot": "bench.ours",
    "storing": "bench.storing",
    "receiving": "bench.receiving",
}

ROOT = Path(__file__).parent.parent
#: what differs from the settings a team starts with, beside the addresses of the servers
SETTINGS = {
    "MODE": "send",
    "SENDER__LETTERS_PER_HOUR": "0",
    "SENDER__LETTERS_PER_MINUTE": "0",
    "SENDER__FORMS_PER_ADDRESS_PER_DAY": "0",
    "ALARMS__CANARY_HOURS": "0",
}


@dataclass(frozen=True)
class Letter:
    """A letter at the sink: the moment of its 250, on the monotonic clock."""

    moment: float
    size: int
    recipient: str
    name: str


class Place:
    """The servers that both loops use, one loop at a time."""

    def __init__(self, folder: Path, server: Dovecot, database: Postgres | None, sink: subprocess.Popen[str]) -> None:
        self.dovecot = server
        self.folder, self._postgres, self._sink = folder, database, sink
        assert sink.stdout is not None
        self.sink_port = int(sink.stdout.readline())
        self._letters: queue.Queue[Letter] = queue.Queue()
        self._numbers = count(1)
        threading.Thread(target=self._listen, daemon=True).start()

    def filled(self, mails: int) -> str:
        """The address of a new mailbox with that many requests in its INBOX."""
        address = self.dovecot.new_address()
        now = time.time()
        return maildir.filled(self.dovecot, address, ((request(one, address), now) for one in range(mails)))

    def letter(self, seconds: float) -> Letter:
        """The next letter at the sink; raises TimeoutError."""
        try:
            return self._letters.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"no letter within {seconds:.0f} seconds") from None

    def letter_to(self, recipient: str, seconds: float) -> Letter:
        """The next letter to them, which must be the form; those to others are passed over."""
        end = time.monotonic() + seconds
        while (letter := self.letter(max(0.0, end - time.monotonic()))).recipient != recipient:
            pass
        if letter.name != "form":
            raise RuntimeError(f"a request was answered with {letter.name}")
        return letter

    @contextlib.contextmanager
    def running(
        self,
        who: Who,
        address: str,
        *,
        port: int | None = None,
        database: str = "",
        arguments: Sequence[str] = (),
        **settings: str,
    ) -> Iterator[Run]:
        """One of the loops, at work on that mailbox until the end of the block."""
        run = Run(self.folder / f"run{next(self._numbers)}", database or self.new_database())
        environment = {**os.environ, **self._environment(address), "MAILBOT_DATABASE__URL": run.database_url}
        environment |= {"MAILBOT_MAILBOX__PORT": str(port)} if port else {}
        environment |= {f"MAILBOT_{name}": value for name, value in settings.items()}
        letter = [str(self.folder / "letter")] if who == "bare" else []
        command = [sys.executable, "-m", PROGRAMS[who], str(run.counted), *letter, *arguments]
        with run.log.open("wb") as log:
            run.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, start_new_session=True)
        try:
            with watched(run.process.pid) as run.megabytes:
                yield run
            run.end()
        finally:
            if run.process.poll() is None:
                run.process.kill()

    def _environment(self, address: str) -> dict[str, str]:
        return {
            **self.dovecot.environment(address),
            **{f"MAILBOT_{name}": value for name, value in SETTINGS.items()},
            "MAILBOT_SENDER__HOST": HOST,
            "MAILBOT_SENDER__PORT": str(self.sink_port),
            "MAILBOT_SENDER__TLS": "plain",
            "MAILBOT_SENDER__USERNAME": "-",
            "MAILBOT_STAFF__ADDRESSES": "chair@desk.example",
        }

    def new_database(self) -> str:
        """The address of an empty one."""
        if self._postgres:
            return self._postgres.new_database()
        return f"sqlite:///{self.folder / f'{next(self._numbers)}.db'}"

    def _listen(self) -> None:
        assert self._sink.stdout is not None
        for line in self._sink.stdout:
            moment, size, recipient, name = line.split()
            self._letters.put(Letter(float(moment), int(size), recipient, name))


class Run:
    """One process of a loop: its log, its database, and at its end what it cost."""

    process: subprocess.Popen[bytes]
    megabytes: list[float]  # of resident memory, every half second

    def __init__(self, stem: Path, database_url: str) -> None:
        self.log, self.counted, self.database_url = stem.with_suffix(".log"), stem.with_suffix(".json"), database_url

    def opened_at(self) -> float:
        """When it had signed in to the mailbox, on the monotonic clock."""
        wall_clock = time.time() - time.monotonic()
        for line in self.log.read_text().splitlines():
            if '"mailbox_open"' in line:
                return datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp() - wall_clock
        raise RuntimeError(f"it has not opened the mailbox:\n{self._last_words()}")

    def wait(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Until it is so; raises TimeoutError with the end of the log."""
        ended = self.process.poll
        if not wait_until(lambda: ended() is not None or ready(), seconds) or ended() is not None:
            raise TimeoutError(f"{what}: not within {seconds:.0f} seconds\n{self._last_words()}")

    def end(self) -> None:
        """Ask it to stop, if it has not ended by itself; raises RuntimeError where it failed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        if self.process.wait(30) != 0:
            raise RuntimeError(f"it failed:\n{self._last_words()}")

    def costs(self) -> dict[str, float]:
        """Commits, round trips, peak memory and seconds of the processor; once it has ended."""
        costs: dict[str, float] = json.loads(self.counted.read_text())
        return {**costs, "peak_mb": round(max(self.megabytes, default=0.0), 1)}

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text().splitlines()[-20:])


@contextlib.contextmanager
def opened(engine: Engine) -> Iterator[Place]:
    """The servers, started; raises NotInstalled."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(short_folder("bench-"))
        server = stack.enter_context(dovecot.running())
        database = stack.enter_context(postgres.running(durable=True)) if engine == "postgres" else None
        command = [sys.executable, "-m", "bench.sink", str(folder / "letter")]
        sink = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        stack.callback(sink.wait)
        stack.callback(sink.kill)
        yield Place(folder, server, database, sink)
