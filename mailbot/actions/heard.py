"""What a speaker makes of a line that staff wrote: the same for every kind of thing they can say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailbot.actions.office import Office
from mailbot.store import Transaction
from mailbot.understood import Decision


class Told(NamedTuple):
    """What was done, in words for the letter; `shown` is a text to look at, such as a letter to be approved."""

    words: str
    shown: str = ""


@dataclass(frozen=True)
class Heard:
    """What a speaker made of the lines from here on: how many it took, and what they do.

    `do` works in a transaction of its own within the mail's, and says what was done; where it raises UserError
    everything it did is undone, and the letter gives the reason beside the line.
    """

    lines: int
    do: Callable[[Transaction], Told]


#: an office, the decision, and the lines from here on -> what they mean, or None where they are not for this speaker
Speaker = Callable[[Office, Decision, Sequence[str]], Heard | None]
