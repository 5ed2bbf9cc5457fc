"""Whether a mail is thanks and nothing else."""

from __future__ import annotations

from mailbot.mail import Mail
from mailbot.understood import Known

_LONGEST_SIGNATURE, _LONGEST_LINE = 12, 12
_GREETINGS = ("hi", "hello", "dear", "hey", "good", "morning", "afternoon", "all", "team")


def only_thanks(mail: Mail, known: Known) -> bool:
    """Whether every line is thanks, above at most a signature; any sentence more, and a person reads it."""
    if mail.readable or known.readings or not _is_answer(mail, known):
        return False
    lines = [line for line in mail.words.split("\n") if line.strip()]
    if lines and greets(lines[0], known):
        lines = lines[1:]
    thankful = 0
    while thankful < len(lines) and thanks(lines[thankful], known):
        thankful += 1
    signature = lines[thankful:]
    if not thankful or len(signature) > _LONGEST_SIGNATURE:
        return False
    return not any(says_something(line, known) for line in signature)


def _is_answer(mail: Mail, known: Known) -> bool:
    """The subject is that of a thread, or thanks too: a new subject may carry the news."""
    return bool(mail.thread) or mail.about != mail.subject.strip() or not mail.about or thanks(mail.about, known)


def _words(line: str, known: Known) -> list[str]:
    return known.words["note"].normal(line).split()


def _in_list(name: str, word: str, known: Known) -> bool:
    return bool(known.words["note"].find(name, f" {word} "))


def greets(line: str, known: Known) -> bool:
    """Whether a line is a greeting: a few words, the first of them "Hi", "Dear" and the like."""
    words = _words(line, known)
    return 0 < len(words) <= 4 and words[0] in _GREETINGS and not says_something(line, known)


def thanks(line: str, known: Known) -> bool:
    """Whether a line is thanks, or a kind closing, and nothing else."""
    words = _words(line, known)
    return all(_in_list("thanks", word, known) for word in words) and any(
        _in_list("thankful", word, known) or word in ("regards", "wishes") for word in words
    )


def counted(mail: Mail, known: Known) -> int:
    """How many words are written beside a greeting and thanks."""
    lines = mail.words.split("\n")
    return sum(len(line.split()) for line in lines if not greets(line, known) and not thanks(line, known))


def says_something(line: str, known: Known) -> bool:
    """Whether a line is a sentence, and not a name, a post or an address."""
    words = _words(line, known)
    return len(words) > _LONGEST_LINE or any(_in_list("sentence", word, known) for word in words)
