"""A private PostgreSQL on loopback; as root it runs as nobody, for it refuses root."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.servers.net import HOST, NotInstalled, end_group, free_port, short_folder, wait_until

# Nothing is kept longer than the tests run.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_counter = itertools.count(1)


class Postgres:
    """Trusts everybody on this machine; one fresh database for each test."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        self.command: list[str | Path] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                _unprivileged(self.command),
                stdout=log,
                stderr=log,
                cwd=self.root,
                env=_environment(self.root),
                start_new_session=True,
            )
        if not wait_until(self.answers, 20):
            raise RuntimeError((self.root / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it and every session, as an administrator does; SIGQUIT does so without tidying up."""
        process, self._process = self._process, None
        if process is not None:
            end_group(process, how)

    def new_database(self) -> str:
        """The SQLAlchemy URL of an empty database."""
        name = f"test{next(_counter)}"
        with psycopg.connect(self._plain_url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self._plain_url(name).replace("postgresql://", "postgresql+psycopg://")

    def answers(self) -> bool:
        try:
            psycopg.connect(self._plain_url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _plain_url(self, database: str) -> str:
        return f"postgresql://mailbot@{HOST}:{self.port}/{database}"


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Postgres]:
    """A PostgreSQL that answers; raises NotInstalled. `durable` for measuring."""
    programs = _programs()
    with short_folder("pg-") as root:
        postgres, data = Postgres(root), root / "data"
        if os.geteuid() == 0:
            shutil.chown(root, "nobody")
        create: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "mailbot",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(_unprivileged(create), check=True, capture_output=True, cwd=root, env=_environment(root))
        options = ["listen_addresses=127.0.0.1", f"port={postgres.port}", f"unix_socket_directories={root}"]
        options += () if durable else NOT_DURABLE
        postgres.command = [
            programs / "postgres",
            "-D",
            data,
            *(part for option in options for part in ("-c", option)),
        ]
        try:
            postgres.start()
            yield postgres
        finally:
            postgres.stop(signal.SIGQUIT)  # at once, for it is thrown away


def _programs() -> Path:
    """Where initdb is: Debian keeps it off PATH, a folder for each version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not folders:
        raise NotInstalled("postgresql")
    return folders[-1].parent


def _unprivileged(command: list[str | Path]) -> list[str | Path]:
    if os.geteuid() != 0:
        return command
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *command]


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(root), "LC_ALL": "C.UTF-8"}
