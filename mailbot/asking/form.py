"""Whether a mail asks for the form: a clear request, a doubtful one that a person must see, or neither."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailbot.asking.likeness import SURELY, likeness, surely_asks, telling_words
from mailbot.asking.named import marked
from mailbot.asking.said import is_answer, said
from mailbot.asking.thanks import counted, greets, only_thanks, says_something, thanks
from mailbot.asking.whose import may_be_from_no_referrer, says_plainly
from mailbot.mail import Mail, passes_on_own
from mailbot.newwords import head_of_history, is_passed_on
from mailbot.understood import Known, Why

#: how like a request a mail must be in which a phrase asks; where the phrase is most of what is said; and where a
#: professional asks in plain words, whose client's troubles may look like the writer's own
_LIKE_WITH_PHRASE, _LIKE_IN_FEW, _LIKE_IN_PLAIN_WORDS = 0.6, 0.2, 0.06
#: what few words are, beside greeting and thanks
_FEW_WORDS = 24
#: new words beyond which a request is also a story that a person should read (A4)
_STORY = 120
#: lines of a greeting, thanks, a name and what stands below it
_SIGNATURE = 10


def asks_for_form(mail: Mail, known: Known) -> Why | None:
    """The words by which this mail plainly asks for the form, sentence by sentence, from its subject and its new words.

    A subject is a request where it asks, or where nothing is said below it; in an answer it is only what is spoken of.
    """
    subject, written = _sentences(mail.about, known), _sentences(mail.words, known)
    asking = written if mail.words and is_answer(mail) else (*subject, *written)
    found = next((why for one in asking if (why := _asks(one, known))), None)
    if found:
        return found
    thing = _first("names", (*subject, *written), known)
    if thing and (not mail.words or (not is_answer(mail) and _says_nothing(mail, known))):
        return Why("subject_names_form", f"says nothing more, and its subject names the form: “{thing}”")
    if only := _first("names_only", written, known):
        return Why("asks_for_form", f"asks for the form: “{only}”")
    about = _first("spoken_of", (*subject, *written), known)
    bare = _first("asks_bare", written, known) if about else ""
    return Why("asks_for_form", f"asks for the form: “{about}” and “{bare}”") if bare else None


def reads_like_asking(mail: Mail, known: Known) -> Why | None:
    """Where no phrase asks: it surely reads as requests do."""
    unsaid = not mail.words and (is_answer(mail) or is_passed_on(mail.subject) or bool(mail.files))
    if unsaid or only_thanks(mail, known) or not surely_asks(mail, known):
        return None
    about = _first("spoken_of", (*_marked(mail.about, known), *_marked(mail.words, known)), known)
    words = telling_words(mail, known, asking=True)
    return Why("reads_like_request", f"reads like a request for the form: {f'“{about}”, ' if about else ''}{words}")


def reads_otherwise(mail: Mail, known: Known) -> Why | None:
    """Where a phrase asks, but the mail reads as a whole as those do that only speak of a form."""
    if not mail.words or likeness(mail, known) >= _likeness_needed(mail, known):
        return None
    words = telling_words(mail, known, asking=False)
    return Why("reads_otherwise", f"reads more like mails that only speak of a form: {words}")


def _likeness_needed(mail: Mail, known: Known) -> float:
    if says_plainly(mail, known):
        return _LIKE_IN_PLAIN_WORDS
    return _LIKE_IN_FEW if counted(mail, known) <= _FEW_WORDS else _LIKE_WITH_PHRASE


def _asks(sentence: str, known: Known) -> Why | None:
    lists = known.words["form_request"]
    if how := lists.find("how", sentence):
        return Why("asks_how_to_refer", f"asks how to refer: “{how}”")
    if ask := lists.find("asks", sentence):
        return Why("asks_for_form", f"asks for the form: “{ask}”")
    return None


def _first(name: str, sentences: Iterable[str], known: Known) -> str:
    return next((found for one in sentences if (found := known.words["form_request"].find(name, one))), "")


def _says_nothing(mail: Mail, known: Known) -> bool:
    """Whether a greeting, thanks and a name are all that is written."""
    lines = [line for line in mail.words.split("\n") if line.strip()]
    if mail.files or mail.links:
        return False
    return len(lines) <= _SIGNATURE and not any(
        says_something(line, known) for line in lines if not thanks(line, known) and not greets(line, known)
    )


def _sentences(text: str, known: Known) -> tuple[str, ...]:
    """The sentences that may ask, with what they name marked; those that deny it are left out."""
    denying = known.words["not_a_request"]
    return tuple(one for one in _marked(text, known) if not denying.find("denies", denying.normal(one)))


def _marked(text: str, known: Known) -> tuple[str, ...]:
    return marked(text, known.words["form_request"])


def against_asking(mail: Mail, known: Known) -> tuple[Why, ...]:
    """Why it may not be a request after all, so that a person looks instead of an answer going by itself."""
    lists = known.words["not_a_request"]
    found = []
    sentences = (*_marked(mail.about, known), *_marked(mail.words, known))
    words = next((said for one in sentences if (said := lists.find("not_wanted", lists.normal(one)))), "")
    if words and not surely_asks(mail, known):
        found.append(Why("speaks_of_form", f"speaks of a form without asking for one: “{words}”"))
    if sensitive := may_be_from_no_referrer(mail, known):
        found.append(sensitive)
    machine = reads_automatic(mail, known)
    if machine and not surely_asks(mail, known):
        found.append(machine)
    if passes_on_anothers(mail, known):
        found.append(Why("passed_on", "passes on somebody else's mail"))
    if any(not one.in_the_text for one in mail.readable) and not known.forms:
        found.append(Why("files_not_form", "brings files that are not our form"))
    return tuple(found)


def wants_other_format(mail: Mail, known: Known) -> Why | None:
    """The words that ask for the form in a way we do not keep it: a person makes it (A7)."""
    words = said(mail, known, "form_request", "other_format")
    return Why("other_format", f"asks for another format: “{words}”") if words else None


def passes_on_anothers(mail: Mail, known: Known) -> bool:
    """Whether it passes on somebody else's mail, and does not ask in its sender's own words (A11)."""
    if not is_passed_on(mail.subject) or passes_on_own(mail):
        return False
    own = () if head_of_history(mail.words) else _sentences(mail.words, known)
    above = replace(mail, subject="FW:")  # whose subject it was says nothing
    if _first("for_sender", own, known):
        return likeness(above, known, unlearned=0.0) < SURELY
    # in a few words ("one for you?") it is not plain who is to have the form
    return counted(mail, known) <= _FEW_WORDS or not own or not surely_asks(above, known)


def is_letter_of_referral(mail: Mail, known: Known) -> Why | None:
    """Words that refer somebody without our form, in a letter or beside one: the form is still needed (B6)."""
    if any(why.rule != "files_not_form" for why in against_asking(mail, known)) or known.forms:
        return None
    surely = surely_asks(mail, known)
    if not surely and not said(mail, known, "form_request", "subject_matter"):
        return None
    if words := said(mail, known, "form_request", "letter"):
        return Why("letter_of_referral", f"refers somebody without our form: “{words}”")
    asks = asks_for_form(mail, known)
    if mail.readable and asks and asks.rule == "asks_how_to_refer":
        return Why("letter_of_referral", f"{asks.words}, and brings papers that are not our form")
    if mail.readable and surely:
        words = telling_words(mail, known, asking=True)
        return Why("letter_of_referral", f"reads like a request, and brings papers that are not our form: {words}")
    return None


def reads_automatic(mail: Mail, known: Known) -> Why | None:
    """The words of an automatic answer without the headers that would say so: nothing is answered by itself."""
    words = said(mail, known, "not_a_request", "machine")
    return Why("reads_automatic", f"reads like an automatic answer: “{words}”") if words else None


def speaks_of_danger(mail: Mail, known: Known) -> Why | None:
    """Words of danger: staff are told at once, and 999 comes first in an answer (A15, F1); the risk is not judged."""
    if words := said(mail, known, "danger", "now"):
        return Why("danger", f"speaks of danger: “{words}”")
    return None


def wants_to_talk(mail: Mail, known: Known) -> Why | None:
    """The words that ask for a conversation, or a whole story: the form goes, and a person is told (A4, A5)."""
    if talk := said(mail, known, "form_request", "talk"):
        return Why("wants_to_talk", f"would like to talk first: “{talk}”")
    if len(mail.words.split()) > _STORY:
        return Why("tells_a_story", "tells what happened; it is not a referral until the form comes")
    return None
