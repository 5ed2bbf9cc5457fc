"""One writer of an SQLite database at a time, over threads and processes; whoever ends sets it free."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.store.writer import OneWriter

_HOLDS = """
import sys
from mailbot.store.writer import OneWriter
with OneWriter(sys.argv[1]):
    print("in", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/mailbot.db"


@pytest.fixture
def another(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, which writes until it is told a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "in\n"
    yield process
    process.kill()
    process.communicate()


def writes(writer: OneWriter) -> threading.Event:
    """Set once the writer has written, in a thread that has begun to wait for it."""
    waits, done = threading.Event(), threading.Event()

    def write() -> None:
        waits.set()
        with writer:
            done.set()

    threading.Thread(target=write, daemon=True).start()
    assert waits.wait(5)
    return done


@pytest.mark.parametrize("end", ["ends well", "is killed"])
def test_a_process_waits_for_another(url: str, another: subprocess.Popen[str], end: str) -> None:
    done = writes(OneWriter(url))
    assert not done.wait(0.2)

    if end == "is killed":
        another.kill()
    else:
        another.communicate("done\n")
    assert done.wait(5)


def test_a_thread_waits_for_another_whether_or_not_it_shares_the_writer(url: str) -> None:
    writer, same_process = OneWriter(url), OneWriter(url)
    with writer:
        done = [writes(writer), writes(same_process)]
        assert not any(one.wait(0.2) for one in done)
    assert all(one.wait(5) for one in done)


def test_a_folder_that_cannot_be_opened_holds_up_nobody(tmp_path: Path) -> None:
    writer = OneWriter(f"sqlite:///{tmp_path}/gone/mailbot.db")
    for _ in range(2):
        with pytest.raises(FileNotFoundError), writer:
            pass
    (tmp_path / "gone").mkdir()
    with writer:
        pass


def test_it_leaves_nothing_open(url: str) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    writer = OneWriter(url)
    with writer:
        pass
    writer.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with writer:
        pass  # and can be used again
    writer.close()
