"""The new words of a person, in the shapes that common programs give them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.hypertext import html_to_text
from mailbot.newwords import answered, bare_subject, new_words

ASK = "Please can you send me the form again?"

OUTLOOK = f"""{ASK}

Kind regards
Sam Okoro | Social worker

From: Referrals <referrals@desk.example>
Sent: 14 March 2025 09:12
To: Okoro, Sam
Subject: RE: Referral HM-2025-0007

Thank you for the completed form. Please ignore this paragraph.
"""

OUTLOOK_BOLD = f"""{ASK}

*From:* Referrals <referrals@desk.example>
*Sent:* 14 March 2025 09:12
*To:* Okoro, Sam
*Subject:* RE: Referral

Old words
"""

OUTLOOK_LINE = f"""{ASK}

________________________________
From: Referrals <referrals@desk.example>
Sent: 14 March 2025 09:12

Old words
"""

ORIGINAL_MESSAGE = f"""{ASK}

-----Original Message-----
From: Referrals
Old words
"""

GMAIL = f"""{ASK}

On Fri, 14 Mar 2025 at 09:12, Referrals <referrals@desk.example> wrote:

> Old words
> more old words
"""

GMAIL_FOLDED = f"""{ASK}

On Fri, 14 Mar 2025 at 09:12, Hampshire Multi-Agency Stalking Intervention
Project team <referrals@desk.example> wrote:

> Old words
"""

GMAIL_FOLDED_TWICE = f"""{ASK}

On Fri, 14 Mar 2025 at 09:12, Hampshire Multi-Agency Stalking Intervention
Project team
<referrals@desk.example>
wrote:

Old words
"""

IPHONE = f"""{ASK}

Sent from my iPhone

> On 14 Mar 2025, at 09:12, Referrals <referrals@desk.example> wrote:
>
> Old words
"""

APPLE_FORWARD = f"""{ASK}

Begin forwarded message:

From: Referrals <referrals@desk.example>
Subject: Old
Old words
"""

GMAIL_FORWARD = f"""{ASK}

---------- Forwarded message ---------
From: Referrals <referrals@desk.example>
Date: Fri, 14 Mar 2025 at 09:12
Old words
"""

OUTLOOK_PHONE = f"""{ASK}

Get Outlook for iOS<https://aka.example/o0ukef>
________________________________
From: Referrals <referrals@desk.example>
Sent: Friday, March 14, 2025 9:12:00 AM
Old words
"""

BANNER = f"""CAUTION: This email originated from outside of the organisation. Do not click links unless you know the sender.

{ASK}
"""

BANNER_TWO_LINES = f"""You don't often get email from sam.okoro@cmht.example. Learn why this is important
[EXTERNAL EMAIL] Do not click links or open attachments unless you recognise the sender.

{ASK}
"""

BANNER_NHS = f"""This message originated from outside of NHSmail. Please do not click links or open attachments unless you recognise the sender and know the content is safe.

{ASK}
"""

BANNER_POLICE = f"""*** EXTERNAL EMAIL - This email came from outside the Constabulary. Treat links with caution. ***
{ASK}
"""

DISCLAIMER_NHS = f"""{ASK}

********************************************************************************************************************
This message may contain confidential information. If you are not the intended recipient please:
i) inform the sender that you have received the message in error before deleting it; and
ii) do not disclose, copy or distribute information in this e-mail.
Old words
"""

DISCLAIMER_POLICE = f"""{ASK}

This email and any files transmitted with it are confidential and intended solely for the use of the individual.
Old words
"""

DISCLAIMER_COUNCIL = f"""{ASK}

This email (and its attachments) is intended only for the person named. If you no longer need it, please ignore it.
Old words
"""

DISCLAIMER_LABELLED = f"""{ASK}

CONFIDENTIALITY NOTICE: Old words
"""

SIGNED = f"""{ASK}

--{" "}
Sam Okoro
Old words
"""

CLIENTS = {
    name.lower(): text for name, text in globals().items() if name.isupper() and name != "ASK" and ASK in str(text)
}


@pytest.mark.parametrize("client", CLIENTS)
def test_old_words_of(client: str) -> None:
    words = new_words(CLIENTS[client])

    assert words.startswith(ASK)
    assert "Old words" not in words
    assert "ignore" not in words


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(end: str) -> None:
    assert new_words(GMAIL.replace("\n", end)) == ASK


def test_an_answer_below_the_quotation_is_kept() -> None:
    text = f"> What is his date of birth?\n\n27 March 1985\n\n> And his postcode?\n\nSO14 9ZZ\n\n{ASK}"
    assert new_words(text) == f"27 March 1985\n\nSO14 9ZZ\n\n{ASK}"


def test_an_answer_below_the_line_of_who_wrote_is_kept() -> None:
    text = f"On 14 Mar 2025, at 09:12, Referrals <referrals@desk.example> wrote:\n\n> Old words\n> more\n\n{ASK}\n\nSam"
    assert new_words(text) == f"{ASK}\n\nSam"


@pytest.mark.parametrize(
    "line",
    [
        "From: her account it is clear that he waited.",
        "On Monday he came to her work and on Tuesday he wrote:",
        "On reflection we would like to refer him.",
        "External agencies are involved.",
        "Warning signs: he waits outside her home.",
        "This message is from his mother.",
        "I wrote: leave me alone.",
        "Caution: he has a knife.",
    ],
)
def test_a_sentence_that_looks_like_a_frame_is_kept(line: str) -> None:
    assert line in new_words(f"Hello\n{line}\n{ASK}")
    assert ASK in new_words(f"Hello\n{line}\n{ASK}")


def test_html_is_words_with_quotations_marked() -> None:
    html = (
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>Please&nbsp;send the <b>form</b></p>"
        "<script>alert(1)</script><div class='gmail_quote'>On Fri, Sam wrote:<br><blockquote>Old words</blockquote></div>"
    )
    assert new_words(html_to_text(html)) == "Please send the form"


def test_html_of_outlook() -> None:
    html = (
        "<div><p class='MsoNormal'>Please send the form<o:p></o:p></p><div><div style='border-top:solid #E1E1E1 1.0pt'>"
        "<p class='MsoNormal'><b>From:</b> Desk &lt;d@desk.example&gt; <br><b>Sent:</b> 14 March 2025 09:12<br>"
        "<b>Subject:</b> Old words</p></div></div><p>Old words</p></div>"
    )
    assert new_words(html_to_text(html)) == "Please send the form"


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("RE: Referral form", "Referral form"),
        ("Re: FW: [EXTERNAL] RE[2]: Referral form", "Referral form"),
        ("EXT: [SECURE] referral form", "referral form"),
        ("[EXTERNAL]:RE: [OFFICIAL-SENSITIVE] form", "form"),
        ("AW: SV: form", "form"),
        ("[EXTERNAL] ", ""),
        ("Reference: HM-2026-0001", "Reference: HM-2026-0001"),
        ("[HM-2026-0001] question", "[HM-2026-0001] question"),
        ("", ""),
    ],
)
def test_tags_and_prefixes_of_subjects(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<!--[if gte mso 9]><xml>hidden</xml><![endif]--><p>Form please", "Form please"),
        ("<TITLE>hidden</TITLE><STYLE type='text/css'>p {}</STYLE ><p>Form please</p>", "Form please"),
        (
            "<table><tr><td>Name</td><td>Sam</td></tr><tr><th>Role</th></tr></table>",
            "Name Sam\n\nRole",
        ),
        ("caf&eacute; &amp; 5 &lt; 6 &#8217;", "café & 5 < 6 ’"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ("<header>Form</header> <titles>please</titles>", "Form please"),
        ("<p>Form <!-- never ended", "Form"),
        ("Form 5 < 6 please", "Form 5 < 6 please"),
    ],
)
def test_html_as_it_comes(html: str, words: str) -> None:
    assert html_to_text(html) == words


@given(st.text(max_size=2000))
def test_nothing_is_added(text: str) -> None:
    for line in new_words(text).split("\n"):
        assert line.strip() in text.replace("\r", "\n")


@given(st.text(st.sampled_from("<>/abp divlockquote!-&;\n\"'= "), max_size=500))
def test_any_html_gives_words(html: str) -> None:
    assert isinstance(html_to_text(html), str)


@pytest.mark.parametrize(
    "text",
    [
        "On " * 60_000,
        "[" * 200_000,
        "On x\n" * 30_000,
        "*" * 200_000,
        "From: x\n" * 20_000,
        "<" * 200_000,
        "re:" * 60_000,
    ],
)
def test_nothing_takes_long(text: str) -> None:
    start = time.perf_counter()
    new_words(text)
    bare_subject(text)
    html_to_text(text)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "piece", ["<!--", "<!", "<a ", "</", "<?", "<a b='", "&#", "&a", "</script ", "<blockquote>", "<p>x"]
)
def test_no_html_takes_long(piece: str) -> None:
    start = time.perf_counter()
    html_to_text(piece * 50_000)
    html_to_text("<script>" + piece * 50_000)
    assert time.perf_counter() - start < 2


OURS = ("desk@team.example", "The Desk")


@pytest.mark.parametrize(
    "head",
    [
        "On Mon, 2 Nov 2026 at 09:12, The Desk <desk@team.example> wrote:",
        "-----Original Message-----\nFrom: The Desk <desk@team.example>\nSent: 02 November 2026 09:12\nTo: Jo\nSubject: Form",
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_is_answered_within_a_quotation_of_ours(head: str, mark: str) -> None:
    text = f"See below.\n\n{head}\n{mark}Surname:\n{mark}Whitlock\n"

    assert "Surname:\nWhitlock" in answered(text, OURS)


def test_what_others_wrote_is_no_answer_to_us() -> None:
    own = "On Mon, 2 Nov 2026 at 09:12, Jo <jo@x.example> wrote:\n> Surname:\n> Whitlock"
    passed_on = "From: Jo <jo@x.example>\nSent: 02 November 2026 09:12\nTo: desk@team.example\n\nSurname:\nWhitlock"
    nested = "\n".join(f"> {line}" for line in own.splitlines())
    thanked = f"On Tue, 3 Nov 2026 at 09:12, The Desk <desk@team.example> wrote:\n> Thank you.\n{nested}"

    assert answered(f"Any news?\n\n{own}", OURS) == ""
    assert answered(f"Any news?\n\n{passed_on}", OURS) == ""
    assert "Whitlock" not in answered(f"Any news?\n\n{thanked}", OURS)
    assert answered("No quotation here.", OURS) == ""
