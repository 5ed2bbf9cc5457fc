"""The whole loop on this machine: the demo's people write, mailbot answers, a week passes, everybody is told."""

from __future__ import annotations

import tempfile
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console

from mailbot import wording
from mailbot.clock import FileClock
from mailbot.demo import people
from mailbot.demo.mailserver import HOST, DemoMail
from mailbot.demo.people import CHAIR, PRIYA, TOM
from mailbot.demo.stage import NotHappened, Stage, address_of, text_of
from parsers.write.fill import fill_docx, fill_pdf


def tell(config: Path, *, stay: bool) -> int:
    """Tell the story; 0 if every step of it happened. With `stay`, keep the desk open afterwards until Ctrl-C."""
    console = Console(highlight=False, soft_wrap=True)
    folder = Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    clock = FileClock(folder / "clock")
    stage = Stage(console, folder, clock)
    story = Story(stage)
    with DemoMail(people.TEAM, clock=clock) as server:
        stage.open(config, server)
        try:
            story.tell()
            if stay:
                story.stay()
        except NotHappened as fault:
            console.print(f"\nDid not happen: {fault}", style="bold red", markup=False)
            return 1
        except KeyboardInterrupt:
            console.print("\nStopped.")
            return 0 if story.told else 1
        finally:
            stage.app.stop()
    return 0


class Story:
    """One telling: each step waits until what it tells has happened."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.told = False

    def tell(self) -> None:
        """The story, from the first request to the ledger."""
        here = f"It is Monday, 9am. mailbot watches {people.TEAM}, on a mail server of its own on this machine."
        self._stage.say("The desk opens", here)
        self._requests()
        self._forms()
        self._answers()
        self._invitation()
        review_list = self._digest()
        self._approval(self._meeting(review_list))
        self._ledger()
        self.told = True

    # -- the steps

    def _requests(self) -> None:
        stage = self._stage
        stage.say("Two people ask for the form", "A newsletter and an out-of-office answer arrive too.")
        stage.write(PRIYA, "Referral form please", "Hello,\n\nPlease can you send me your referral form?\n\nPriya")
        stage.write(TOM, "How do I refer?", "Hi, how do we refer someone to the stalking clinic? Thanks, Tom")
        stage.write("News <news@charity.example>", "Our autumn news", "Read on", List_Id="<news.charity.example>")
        away = "I am away until Monday."
        stage.write("Dr Vale <vale@surgery.example>", "Automatic reply: hello", away, Auto_Submitted="auto-replied")
        for person in (PRIYA, TOM):
            files = ", ".join(part.get_filename() or "" for part in stage.letter("form", person).iter_attachments())
            stage.tick(f"the form to {address_of(person)}: {files}")
        stage.until("everything was dealt with", lambda: stage.handled() == stage.mails)
        if len(stage.server.letters) != 2:
            raise NotHappened("only those who asked are answered")
        stage.tick("no answer to the newsletter, none to the out-of-office answer")

    def _forms(self) -> None:
        stage = self._stage
        missing = len(people.TOMS_ANSWERS)
        stage.say(
            "The forms come back", f"Priya's as a PDF, complete. Tom's in Word, {missing} questions not answered."
        )
        forms = stage.folder / "config" / "forms" / "1"
        pdf = fill_pdf((forms / "referral-form.pdf").read_bytes(), people.PRIYAS_FORM)
        docx = fill_docx((forms / "referral-form.docx").read_bytes(), people.TOMS_FORM)
        stage.keep("returned-form.pdf", pdf)
        stage.keep("returned-form.docx", docx)
        stage.reply(PRIYA, stage.letter("form", PRIYA), "Please find attached", [("form.pdf", pdf)])
        stage.reply(TOM, stage.letter("form", TOM), "Attached. Some of it I do not have here.", [("form.docx", docx)])
        for person in (PRIYA, TOM):
            receipt = stage.letter("receipt", person)
            gaps = self._stage.gaps(stage.reference(person))
            if not all(label in text_of(receipt) for label in gaps) or len(gaps) != (missing if person == TOM else 0):
                raise NotHappened("the receipt asks for what is missing, and for nothing else")
            asks = ", and asks, in the form's words:" if gaps else ""
            stage.tick(f"receipt to {address_of(person)}: {receipt['Subject']}{asks}", gaps)

    def _answers(self) -> None:
        stage = self._stage
        stage.say(
            "Tom answers in an email", "What stands in a mail's words becomes an answer only when a person says so."
        )
        reference, words = stage.reference(TOM), people.toms_reply(stage.app.office.form)
        stage.reply(TOM, stage.letter("receipt", TOM), words)
        asked = stage.letter("needs-a-person", CHAIR, reference)
        proposed = [line.strip() for line in text_of(asked).splitlines() if line.strip().startswith("Proposed:")]
        if len(proposed) != len(people.TOMS_ANSWERS):
            raise NotHappened("each answer is proposed beside its question")
        stage.tick(f"{CHAIR} is asked: {asked['Subject']}", proposed)
        self._chair_writes(asked, "accept answers")
        stage.letter("decision-check", CHAIR, f"accepted for {reference}")
        stage.until("the answers are on the form", lambda: not stage.gaps(reference))
        stage.tick(f"{reference} has every answer now; what stood there before is kept")

    def _invitation(self) -> None:
        stage = self._stage
        stage.say("Priya would like to join by phone", "Her calendar gets an invitation, and she accepts it.")
        stage.ring()
        letter = stage.letter("invitation", PRIYA)
        stage.tick(f"invitation to {address_of(PRIYA)}: {letter['Subject']}")
        calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
        data = calendar.get_payload(decode=True)
        assert isinstance(data, bytes)
        stage.write(PRIYA, f"Accepted: {letter['Subject']}", "", files=[("invite.ics", people.accepts(data))])
        stage.until("her answer is kept", lambda: stage.attending(stage.reference(PRIYA)) == {"accepted"})
        stage.tick("she has accepted: the review list says so")

    def _digest(self) -> EmailMessage:
        stage = self._stage
        stage.say("Digest day", "The clock moves to Tuesday, 1pm.")
        stage.move_clock(days=1, hours=4)
        letter = stage.letter("digest", CHAIR)
        stage.tick(f"digest to {CHAIR}: {letter['Subject']}, with {_review_list(letter)[0]}")
        return letter

    def _meeting(self, digest: EmailMessage) -> EmailMessage:
        stage = self._stage
        stage.say(
            "The meeting", "Wednesday. The chair fills in the boxes of the review list in Word, and replies with it."
        )
        stage.move_clock(days=2, hours=3)
        name, blank = _review_list(digest)
        stage.keep(name, blank)
        by = wording.plain_date((stage.monday + timedelta(days=11)).date())
        references = stage.reference(PRIYA), stage.reference(TOM)
        filled = fill_docx(blank, people.decided(*references, by))
        stage.keep(name.replace(".docx", "-filled-in.docx"), filled)
        stage.reply(CHAIR, digest, "Filled in, please find attached.", [(name, filled)])
        shown = stage.letter("decision-check", CHAIR, "was recorded")
        for reference in references:
            line = next((line for line in text_of(shown).splitlines() if f"{reference}: " in line), "")
            if "was recorded" not in line:
                raise NotHappened(f"the outcome of {reference} is recorded")
            stage.tick(line.strip())
        if stage.letters_begun("outcome"):
            raise NotHappened("nothing goes to a referrer before it is approved")
        stage.tick(f"{CHAIR} gets both letters to look at; nothing has gone to a referrer yet")
        return shown

    def _approval(self, shown: EmailMessage) -> None:
        stage = self._stage
        stage.say("The letters are approved", "The chair has read them, and answers.")
        self._chair_writes(shown, "approve all")
        for person, name in ((PRIYA, "outcome-accept"), (TOM, "outcome-consultation")):
            letter = stage.letter(name, person)
            first = next(line for line in text_of(letter).splitlines() if line.strip())
            stage.tick(f"outcome to {address_of(person)}: {letter['Subject']}", [first])
        stage.until("both referrers were told", lambda: stage.referral_states() == {"told"})

    def _ledger(self) -> None:
        stage = self._stage
        stage.say("The ledger")
        stage.until("every mail is accounted for", lambda: stage.handled() == stage.mails)
        stage.keep_letters()
        stage.tick(f"{stage.mails} mails, {stage.handled()} accounted for")
        stage.say("To look at", f"Letters, forms, and the review list before and after are in {stage.folder}")

    def _chair_writes(self, letter: EmailMessage, words: str) -> None:
        self._stage.reply(CHAIR, letter, words)
        self._stage.tick(f"{CHAIR} replies: {words}")

    def stay(self) -> None:
        """Keep the desk open, for somebody to try it with a mail program of their own."""
        server = self._stage.server
        lines = (
            f"Receive (IMAP): {HOST}, port {server.imap_port}, no encryption",
            f"Send (SMTP):    {HOST}, port {server.smtp_port}, no encryption, no sign-in",
            f"Sign in as any address, such as you@work.example, with the password “{server.password}”.",
            f"Write to {people.TEAM} and ask for the form. Staff read {CHAIR} the same way.",
            f"In another terminal: mailbot --config {self._stage.folder / 'config'} list",
            "It is Wednesday in the demo. Stop with Ctrl-C.",
        )
        self._stage.say("Try it yourself", "\n".join(lines))
        while True:
            time.sleep(3600)


def _review_list(digest: EmailMessage) -> tuple[str, bytes]:
    """The Word document that comes with a digest, and its name."""
    part = next(digest.iter_attachments())
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return part.get_filename() or "review-list.docx", data
