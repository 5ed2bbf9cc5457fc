"""Which words ask for the form, and which do not: the wording lists as shipped."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.asking import against_asking, asks_for_form, wants_to_talk
from mailbot.asking.likeness import likeness
from mailbot.asking.named import marked
from mailbot.asking.senses import meant
from mailbot.kinds import form_request, sensitive
from mailbot.mail import Mail, parse
from mailbot.understood import Known
from mailbot.wordlists import WordList
from tests.desk import MONDAY, US, mail, our_office

KNOWN = Known(now=MONDAY, our_addresses=frozenset({US}), words=our_office().words, encoder=our_office().encoder)

ASK = """
Please can you send me a referral form?
Could I have a referral form please
Hi, please could I get the referral form for your service. Thanks
Please send the form to refer a client.
Can you email me the HMASIP form please
I would like a copy of the referral form
pls send refferal form
Can I have a referrel form please?
please send me the referal forms
We need the referral paperwork for a patient.
Could you forward the referral pro forma?
please share your referral proforma
Could you please provide the referral template
How do I refer someone to you?
How do we make a referral to the stalking clinic?
How can I refer a patient to your service
Please advise how to refer.
I am looking to refer a client of ours, what is the referral process?
I would like to refer a man on my caseload.
We wish to refer a young man who has been contacting his former partner.
I want to make a referral for someone on probation
Please could you send the stalking clinic form
Hello, do you have a referral form? My manager said you might
Where can I find your referral form?
Is there a form I need to fill in to refer to you? Please send it
can i get a blank form please
Please can I have that form again, I have lost it
Could you resend the form again please as I cannot find it
Good morning, I am after a referral form for the stalking service
Requesting a referral form please
May I request a referral form for MASIP
Kindly send across the referral documents
Grateful if you could send me a MASP form
Can you send the referral form in Word please
Please could Dr Patel be sent a referral form
Can you send a referral form to my colleague Ann at ann@probation.example?
I'd be grateful for a copy of your referral form.
Could I please have the form for referring to the project?
Please send me the form.
Can you send me the form
could I have the form please
Is there a referral form you use?
Do you have a form we should complete?
We have a gentleman we would like to refer into your service
Morning, could someone send me the referral form thx
How would I go about referring somebody to you?
What's the process for referring someone?
Please see below, could you send them a referral form? Thanks
Hi team, can I please get sent out the referral pack
Chasing: I asked for the referral form last week, could you send it
"""

NOT = """
Thank you for the form, I will send it back next week.
Thanks, got the form.
Please find attached the completed referral form.
Please find the referral form attached.
Attached is the referral form for my client, please confirm receipt.
I have attached a completed form for your attention
I sent the form last week, have you received it?
I have sent you the form already
We do not need the form any more
Please do not send the form, we will not be referring
Please ignore my request for a referral form
He no longer needs to be referred, please disregard
Any update on my referral?
Can you tell me what happened with the referral I made in March?
When will my referral be discussed?
Thanks
Thank you very much
Many thanks for your help, have a good weekend
Noted, thank you
Who referred me? I want to know what information you hold
I am being stalked by my ex, can you help me? Please send a form
My ex is following me. How do I refer myself?
I want to make a complaint about how you handled this
I would like to make a self-referral
I am a journalist writing about stalking, can you send your referral form?
We act on behalf of our client and make a subject access request
Please send me all the information you hold on me under the Data Protection Act
Please find enclosed the other service's paperwork
Are you free for a meeting on Thursday?
Can we move our meeting to 3pm
The agenda for Wednesday is attached
Please call me when you can
Your parcel could not be delivered. Please fill in the form to arrange delivery
Complete our customer survey
Dear Sir, please transfer the funds
Please confirm attendance at the training day
What time is the meeting?
He breached his order last night
His date of birth is 27 March 1985
See you on Wednesday
I withdraw my referral HM-2026-0012
Please could you add the attached report to HM-2026-0012
We have completed the referral form and posted it.
The form is attached, please let me know if you need anything else
I returned the form on Monday
Is he on your list for this week?
Please update your records: I have moved teams
"""


def phrases(text: str) -> list[str]:
    return text.strip().splitlines()


def asks(text: str, subject: str = "Hello") -> bool:
    """Whether the form would go by itself."""
    found = parse(mail(text, subject))
    return asks_for_form(found, KNOWN) is not None and not against_asking(found, KNOWN)


@pytest.mark.parametrize("text", phrases(ASK))
def test_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", phrases(ASK))
def test_asks_in_capitals_and_without_punctuation(text: str) -> None:
    assert asks(text.upper().replace(",", "").replace("'", "’"))


@pytest.mark.parametrize("text", phrases(NOT))
def test_does_not_ask(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "subject",
    [
        "Referral form",
        "RE: [EXTERNAL] referral form",
        "referral form request",
        "Refferal form pls",
        "stalking clinic referral form",
        "Form to refer",
    ],
)
def test_an_empty_mail_whose_subject_names_the_form(subject: str) -> None:
    assert asks("", subject)
    assert asks("\n\n", subject)


@pytest.mark.parametrize(
    "subject", ["", "Hello", "Completed referral form", "Referral form attached", "RE: Your referral"]
)
def test_an_empty_mail_that_does_not_ask(subject: str) -> None:
    assert not asks("", subject)


WORDS = Path(__file__).parent / "corpus" / "words"


def blocks(*names: str) -> list[str]:
    """The mails of these files, which `%%` parts; a line "Subject: ..." in one is its subject."""
    return [one.strip() for name in names for one in (WORDS / f"{name}.txt").read_text("utf-8").split("%%")]


def as_mail(block: str) -> Mail:
    subject = re.search(r"^Subject: (.*)$", block, re.MULTILINE)
    body = re.sub(r"^Subject: .*\n?", "", block, flags=re.MULTILINE)
    return parse(mail(body, subject[1] if subject else "Hello"))


@pytest.mark.parametrize("names", [("asks", "asks2")])
def test_of_two_hundred_ways_to_ask_all_but_a_few_are_understood(names: tuple[str, ...]) -> None:
    asked = blocks(*names)
    missed = [one for one in asked if form_request.recognise(as_mail(one), KNOWN) is None]
    assert len(missed) <= len(asked) * 0.02, missed


@pytest.mark.parametrize("block", blocks("others", "others2"))
def test_whoever_only_mentions_a_form_gets_none(block: str) -> None:
    assert form_request.recognise(as_mail(block), KNOWN) is None


@pytest.mark.parametrize(
    "words",
    [
        "Here is a test of an attachment via email.\n\n- Jamie",
        "hi, thanks for looking into this :)\n\nhttps://tracker.example/issues/567",
        "We supply high quality medications by mail order at very competitive prices. Send us your order.",
    ],
)
def test_what_speaks_of_nothing_of_ours_is_hardly_a_request(words: str) -> None:
    assert form_request.recognise(as_mail(words), KNOWN) is None


def got_form(*names: str) -> tuple[int, int]:
    """Of the mails of these files how many get the form, and how many there are."""
    mails = [as_mail(one) for one in blocks(*names)]
    return sum(form_request.recognise(one, KNOWN) is not None for one in mails), len(mails)


@pytest.mark.parametrize(
    "names",
    [
        ("asks3", "asks4"),
        ("asks5",),
        ("asks6",),
        ("asks7", "asks8"),
        ("asks9", "asks10"),
        ("asks11", "asks12"),
        ("asks13", "asks14"),
        ("asks16", "asks17", "asks18", "asks19"),
        ("asks20", "asks21", "asks22", "asks23"),
        ("asks24", "asks25", "asks26"),
        ("asks27", "asks28", "asks29", "asks30", "asks31"),
        ("asks32", "asks33", "asks34", "asks35"),
        ("asks36", "asks37"),
        ("asks38", "asks39", "asks40", "asks41", "asks42"),
        ("asks43", "asks44", "asks45", "asks46", "asks47"),
        ("asks48", "asks49", "asks50"),
        ("asks51", "asks52", "asks53"),
        ("asks54", "asks55"),
        ("asks56", "asks58"),
        ("asks63", "asks64", "asks66", "asks71"),
        ("asks65", "asks70", "asks79"),
        ("asks67", "asks72", "asks75"),
        ("asks76", "asks77", "asks80"),
    ],
)
def test_of_hard_requests_most_are_understood_and_the_others_go_to_a_person(names: tuple[str, ...]) -> None:
    got, asked = got_form(*names)
    assert got >= asked * 0.8


@pytest.mark.parametrize(
    "names",
    [
        ("others3", "others4"),
        ("others5",),
        ("others6",),
        ("others7", "others8"),
        ("others9", "others10"),
        ("others11", "others12", "others13"),
        ("others14", "others15"),
        ("others16", "others17", "others18", "others19"),
        ("others20", "others21", "others22", "others23"),
        ("others24", "others25", "others26"),
        ("others27", "others28", "others29", "others30", "others31"),
        ("others32", "others33", "others34", "others35"),
        ("others36", "others37"),
        ("others38", "others39", "others40", "others41", "others42"),
        ("others43", "others44", "others45", "others46"),
        ("others47", "others48", "others49", "others50"),
        ("others51", "others52", "others53"),
        ("others54", "others55"),
        ("others56", "others57", "others58"),
        ("others63", "others64", "others66", "others71"),
        ("others65", "others70", "others79"),
        ("others67", "others72", "others75"),
        ("others76", "others77", "others80"),
    ],
)
def test_of_hard_others_few_would_get_the_form(names: tuple[str, ...]) -> None:
    got, others = got_form(*names)
    assert got <= others * 0.02


def test_of_people_whom_nothing_was_learned_from_nearly_all_are_understood() -> None:
    asked, told = ([f"unseen/{kind}{number}" for number in range(1, 4)] for kind in ("asks", "others"))
    got, asking = got_form(*asked)
    wrongly, others = got_form(*told)
    assert got >= asking * 0.9
    assert wrongly <= others * 0.025  # by their words alone: who sends them is not in the files


def test_one_plain_request_in_a_long_story_is_still_one() -> None:
    story = (
        "I am working with a man on my caseload who has been sending messages to his former partner since the spring. "
        "She has changed her number twice, and he has found the new one each time. He talks of little else, and has begun "
        "to write to her sister and to her employer. He lives alone in Fareham and works nights in a warehouse. He says "
        "that they will be together again by Christmas. His mother is worried and has asked us for help since October."
    )
    asked = as_mail(f"{story}\nCould you send me your referral form, please?")
    told = as_mail(story)
    assert likeness(asked, KNOWN) > 0.91 > likeness(told, KNOWN)


def test_where_the_table_is_in_doubt_the_encoder_decides() -> None:
    asked = [as_mail(one) for one in blocks(*(f"unseen/asks{number}" for number in range(1, 4)))]
    alone = replace(KNOWN, encoder=None)
    doubted = [one for one in asked if likeness(one, alone) < 0.91]
    assert len(doubted) > len(asked) * 0.1
    assert sum(likeness(one, KNOWN) > 0.91 for one in doubted) > len(doubted) / 2


@pytest.mark.parametrize(
    ("words", "gets_form"),
    [
        ("Please send me the referral form. Priya's emails bounce, she is on maternity leave.", True),
        ("I am now on maternity leave. For the referral form please write to Carmen.", False),
        ("We have another one, I'm afraid. Could you send me the referral form again, please?", True),
        ("I am afraid of my ex. Please send me the referral form.", False),
        ("Please stop sending me the referral form.", False),
        ("Ines, could you send Dave the referral form? I've cc'd the team so that they know.", False),
        ("I do not want a leaflet. I want the form to refer the man.", True),
    ],
)
def test_whose_leave_whose_fear_and_who_is_asked(words: str, gets_form: bool) -> None:
    found = as_mail(words)
    goes = form_request.recognise(found, KNOWN) is not None and sensitive.recognise(found, KNOWN) is None
    assert goes is gets_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bung the proforma over to us", "email the form over to me"),
        ("I've lost mine, could I trouble you for another", "I've mislaid mine, could I bother you for another"),
    ],
)
def test_words_of_the_same_sense_are_the_same(one: str, other: str) -> None:
    rows = [
        [meant(s, KNOWN.words["senses"]) for s in marked(text, KNOWN.words["form_request"])] for text in (one, other)
    ]
    assert rows[0] == rows[1]


def test_what_is_quoted_does_not_ask() -> None:
    assert not asks('A man rang and said "please send me the referral form", just so you know.')


def test_quoted_words_do_not_count() -> None:
    old = "\n\nOn Fri, 14 Mar 2025 at 09:12, Desk <d@desk.example> wrote:\n\n> "
    assert not asks("Thanks!" + old + "Please can you send me a referral form?")
    assert asks("Can I have that form again?" + old + "Please find attached the completed referral form")


def test_files_that_are_not_the_form_are_for_a_person() -> None:
    found = parse(mail("Please send the referral form", files=[("letter.pdf", "application/pdf", b"%PDF-1.4 x")]))
    assert [why.rule for why in against_asking(found, KNOWN)] == ["files_not_form"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Please send the referral form", None),
        ("Could I talk it through with somebody first? Do you take people who ...", "wants_to_talk"),
        ("Would she be eligible?", "wants_to_talk"),
        ("He has written to her every day. " * 30 + "How do I refer?", "tells_a_story"),
    ],
)
def test_who_wants_to_talk_first(text: str, rule: str | None) -> None:
    why = wants_to_talk(parse(mail(text)), KNOWN)
    assert (why.rule if why else None) == rule


class TestWordList:
    LIST = WordList({"form": (" referral form ", " form to refer "), "ask": (" send ", " please ")})

    @pytest.mark.parametrize(
        "text", ["refferal form", "REFERRAL FORMS!", "a referal-form", "refferral form", "(Referral form)"]
    )
    def test_spelling_and_plurals(self, text: str) -> None:
        assert self.LIST.find("form", self.LIST.normal(text.replace("-", " "))) == "referral form"

    @pytest.mark.parametrize(
        "text", ["deferral form", "referral from", "form of referral", "informal form", "referral", ""]
    )
    def test_other_words(self, text: str) -> None:
        assert self.LIST.find("form", self.LIST.normal(text)) == ""

    def test_long_texts_are_quick(self) -> None:
        import time

        start = time.perf_counter()
        self.LIST.normal(" ".join(f"word{number}ing" for number in range(40_000)))
        assert time.perf_counter() - start < 2
