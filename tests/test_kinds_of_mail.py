"""Which kind a mail's words make it: referrers, people who are none, and what comes after a referral; lists as shipped."""

from __future__ import annotations

import pytest

from mailbot.kinds import KINDS
from mailbot.mail import parse
from mailbot.understood import Known, KnownReferral
from tests.desk import MONDAY, US, mail, our_office

WORDS = our_office().words
STRANGER = Known(now=MONDAY, our_addresses=frozenset({US}), words=WORDS, encoder=our_office().encoder)
OURS = KnownReferral(1, "HM-2026-0001", frozenset({"reference", "referrer"}))
REFERRER = Known(
    now=MONDAY, our_addresses=frozenset({US}), words=WORDS, encoder=our_office().encoder, referrals=(OURS,)
)


PROFESSIONALS = """
I work with a lady whose ex-husband is harassing her. Please could you send me your referral form for him?
My client has a restraining order against him and keeps breaching it; can I have the referral form please
Please send the referral form. He has been following his ex partner and sitting outside her home.
We have a patient on the ward who is obsessed with a staff nurse and sends her letters. How do we refer?
I'm a social worker for children. Dad is stalking mum. Could you email the referral form?
Could you please send a referral form for a service user who has been convicted of stalking and harassment
I am the offender manager for a man released on Friday with a stalking protection order. Please send the form to refer.
Can you send your form? I have a patient who has erotomanic beliefs about a neighbour
I was given your details by Aurora New Dawn. Please could I have a referral form for one of my clients?
Hello, my manager said you may be able to help with a man harassing our receptionist. Could I get a referral form?
We'd like to refer a gentleman to your project, what paperwork do you need?
Please send me the referral form for the stalking project, my phone number is below
I need a referral form for a man whose victim has had to move address.
Could I get the referral form? The victim's solicitor has been in touch with us and we want to refer him.
Hi, can you email me a form so I can make a referral about a client who has been sending threatening emails to his ex
please send referal form for male on licence, MAPPA 2
Could you send me your referral pack? The person is open to our community mental health team
Good afternoon, I'm a GP. One of my patients tells me he can't stop contacting his ex-wife. How do I refer him?
I'm a housing officer, one of our tenants is harassing a neighbour, do you have a referral form we could complete?
I am a DC in the domestic abuse unit. Suspect is on bail for stalking. Please send a referral form.
Is there a referral form please? I would like to discuss a case at your panel
Dear team, kindly forward me the form for referral of a young man in our care.
I'm enquiring about referring a student who is fixated on a lecturer. Could you send the form?
As discussed on the phone with Karen, please send me the form to refer my client.
Please may I have your referral form, thanks. Journal ref 12345
"""

NO_REFERRERS = """
My ex husband won't leave me alone, can anyone help
I am being harassed by a man at my gym who turns up everywhere I go
I've got a stalker and the police are not helping, what can you do
Someone is following me and I don't feel safe
My ex partner has put a tracker on my car and turns up at my house
I would like to self refer please
Can I refer myself? I keep messaging my ex and I can't stop
I would like to be referred to your project, I know that what I am doing is wrong. Please send the form
I've been arrested for stalking and want help with my behaviour
I got a letter saying I have been referred to your service. Who referred me and why?
What information do you have about me? I know you have been talking about me
Please provide all records you hold on my client. We act for Mr X. Signed authority enclosed.
We are solicitors instructed by Mr Smith. Please disclose your file.
I'm a reporter at the Daily Gazette and would like to ask about stalking services
Under FOI please tell me the number of referrals
Please can you confirm where she is living now, I need to post something
I'm her social worker, can you give me her new address?
Please treat this as a request for erasure under Article 17
Hi, I sent you an email about a patient by mistake, please delete my last email, it was meant for another service
My sister's ex keeps following her and threatening her, how do I report him to you?
my son is being harassed by his ex girlfriend, do i need a referral form
I am the victim of a man you are working with. Is he getting treatment?
I would like to see my records please
"""

HOW_IT_GOES = """
Could you please give me an update on my referral for JD?
Hi, has this referral been looked at yet?
I sent a referral 3 weeks ago and have not heard anything
Can you let me know the outcome of the meeting about my client?
Just checking you got my referral?
When will my patient be discussed?
Has my referral been accepted?
Please could you tell me where we are with the referral for my client
Do you have any news about the gentleman I referred
"""

TAKEN_BACK = """
Please can I withdraw the referral I sent on Monday
I'd like to cancel the referral for JD
The client has declined so please close our referral
Please disregard the referral form sent earlier today
We do not want to go ahead with the referral any more
Please ignore my previous email, sent by accident
"""

FOR_A_PERSON = """
Please can you accept this lady for physiotherapy
Are you free on Tuesday to talk about the training day?
I think your decision is wrong and I want to complain
Please find minutes of the forum
Could you let me have the date of the next conference
Invoice 2231 attached
Your password expires today
"""

AFTERWARDS = {
    "more_information": """
His date of birth is 27 March 1985 and the officer is DC Alder
He breached his order last night
I'll dial in on Wednesday
I have taken over this case from Sam
He has been threatening me at appointments
Any update? Since I wrote, he has moved to Gosport, has a new job in a warehouse and has begun to attend a group on Mondays. His probation officer has changed too: it is now Jo Smith, whose number you have. She would like to come to the meeting if there is room, and asks whether the plan can be shared with the housing officer, since the tenancy ends in the new year. Thank you for all of it.
""",
    "status_question": """
Any news?
Has it been discussed?
Could you confirm you have received it please
""",
    "withdrawal": """
Please withdraw this referral
""",
    "sensitive": """
Could you give me her new address?
""",
    "form_request": """
Please can you send me a referral form for another client?
""",
    "unclear": """
We disagree with the outcome
""",
}


def phrases(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line]


def kind_of(text: str, known: Known, subject: str = "Hello") -> str:
    found = parse(mail(text, subject))
    return next(name for name, kind in KINDS.items() if kind.recognise(found, known) is not None)


@pytest.mark.parametrize("text", phrases(PROFESSIONALS))
def test_a_professionals_request_is_one_whatever_it_is_about(text: str) -> None:
    assert kind_of(text, STRANGER) == "form_request"


@pytest.mark.parametrize("text", phrases(NO_REFERRERS))
def test_people_who_are_no_referrers(text: str) -> None:
    assert kind_of(text, STRANGER) == "sensitive"
    assert kind_of(text.upper().replace("'", "’"), STRANGER) == "sensitive"


@pytest.mark.parametrize("text", phrases(NO_REFERRERS))
def test_they_never_get_the_form_for_asking(text: str) -> None:
    assert kind_of(f"{text} Please send me a referral form.", STRANGER) in ("sensitive", "unclear")


@pytest.mark.parametrize("text", phrases(HOW_IT_GOES))
def test_how_a_referral_goes(text: str) -> None:
    assert kind_of(text, STRANGER) == "status_question"


@pytest.mark.parametrize("text", phrases(TAKEN_BACK))
def test_what_is_taken_back(text: str) -> None:
    assert kind_of(text, STRANGER) == "withdrawal"


@pytest.mark.parametrize("text", phrases(FOR_A_PERSON))
def test_what_is_none_of_these(text: str) -> None:
    assert kind_of(text, STRANGER) == "unclear"


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in AFTERWARDS.items() for text in phrases(texts)]
)
def test_after_a_referral(kind: str, text: str) -> None:
    assert kind_of(text, REFERRER) == kind
