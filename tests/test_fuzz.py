"""Mutated mails: nothing that arrives may raise or take long. The seed is always the same; `make fuzz` tries ten times as many."""

from __future__ import annotations

from tests.fuzz import SEED, faults, mutated

MAILS = 20_000


def test_mutated_mails() -> None:
    print(f"seed {SEED}")
    assert faults(range(MAILS)) == []


def test_a_mail_of_a_number_is_always_the_same() -> None:
    assert [mutated(number) for number in range(50)] == [mutated(number) for number in range(50)]
    assert len({mutated(number) for number in range(50)}) > 45
