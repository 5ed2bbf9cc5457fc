"""What a returned form says or brings beside its answers that a person must know: danger, readers, unread files."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.actions import people
from mailbot.actions.office import Office
from mailbot.asking import brings_something, speaks_of_danger, withdraws
from mailbot.store import Transaction
from mailbot.understood import Understood, same_organisation
from parsers import Reading

_TEXTS = ("text", "longtext")
_OF_THE_REFERRER = "r_"


def tell(office: Office, tx: Transaction, understood: Understood) -> None:
    """Tell staff; the receipt is the same whatever is found (rule 7)."""
    references = tx.mails.references_of(understood.mail_id)
    about = tx.referrals.get(references[0])["id"] if len(references) == 1 else None
    if urgent := _urgent(office, understood):
        words = f"A returned form {urgent}. The receipt has gone as usual."
        people.ask(office, tx, "urgent_form", words, understood=understood, referral_id=about)
    if others := _others(understood):
        words = f"The form was also sent to {_counted(others)} outside the sender's organisation: was that safe?"
        if _on_the_form(understood, others):
            words += " The form itself gives one of them, so it may be the person referred, or somebody close to them."
        people.ask(office, tx, "copied_to_others", words, understood=understood, referral_id=about)
    if unread := " ".join(dict.fromkeys(_unread(understood))):
        words = f"Something that came with the form was not read. {unread}"
        people.ask(office, tx, "came_with_form", words, understood=understood, referral_id=about)


def _urgent(office: Office, understood: Understood) -> str:
    """What cannot wait: the sender's own Yes, or words of danger; the risk is not judged (F4)."""
    if danger := speaks_of_danger(understood.mail, understood.known):
        return f"came with words that are urgent: it {danger.words}"
    lists = office.words["danger"]
    for form in understood.known.filled:
        answered = form.values.get("q_urgent")
        if isinstance(answered, dict) and answered.get("choice") == "yes":
            return "says that something cannot wait for the meeting"
        for text in _texts(office, form):
            if words := lists.find("on_a_form", lists.normal(text)):
                return f"speaks of danger: “{words}”"
    return ""


def _texts(office: Office, form: Reading) -> Iterator[str]:
    """What was written in sentences; ticks are for the meeting."""
    for key, answer in form.answers.items():
        if key in office.form and office.form[key].type in _TEXTS:
            yield answer.raw
        elif isinstance(answer.value, dict):
            yield str(answer.value.get("text") or "")


def _others(understood: Understood) -> frozenset[str]:
    """The other readers of the mail, whom nobody here can know (F6)."""
    mail, known = understood.mail, understood.known
    return frozenset(
        one.address
        for one in (*mail.to, *mail.cc)
        if one.address not in {*known.our_addresses, mail.sender.address}
        and not same_organisation(one.domain, mail.sender.domain)
    )


def _counted(others: frozenset[str]) -> str:
    return f"{len(others)} {'address' if len(others) == 1 else 'addresses'}"


def _on_the_form(understood: Understood, others: frozenset[str]) -> bool:
    """Whether an answer about anybody but the referrer has one of these addresses."""
    return any(
        address in answer.raw.lower() or address in str(answer.value).lower()
        for form in understood.known.filled
        for key, answer in form.answers.items()
        if not key.startswith(_OF_THE_REFERRER)
        for address in others
    )


def _unread(understood: Understood) -> Iterator[str]:
    for reading in understood.known.readings:
        if not reading.is_form:
            yield from (problem.words for problem in reading.problems if problem.code != "not_our_form")
    for why in (brings_something(understood.mail, understood.known), withdraws(understood.mail, understood.known)):
        if why:
            yield f"The mail {why.words}."
