"""Bytes -> Mail: whatever arrives is understood as far as it goes, and nothing that arrives stops us."""

from __future__ import annotations

import time
import warnings
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.mail import NOBODY, Address, Mail, addresses_in, parse
from tests.desk import US, mail

#: real mails from the tests of other projects, beside the repository; see its README for how to fetch them
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 200
SECONDS = 2.0


@cache
def corpus() -> tuple[Path, ...]:
    """Every file of it, mails and documents alike: any bytes may arrive."""
    found = tuple(sorted(path for path in CORPUS.rglob("*") if path.is_file()))
    if not found:
        warnings.warn("the corpus of real mails is not beside the repository: nothing of it was tried", stacklevel=2)
    return found


def lines(*text: str) -> bytes:
    return "\r\n".join(text).encode("latin-1")


class TestAnyBytes:
    def test_every_file_of_the_corpus(self) -> None:
        for path in corpus():
            start = time.perf_counter()
            found = parse(path.read_bytes())
            assert time.perf_counter() - start < SECONDS, path.name
            assert not any("could not be read" in problem for problem in found.problems), path.name

    @settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_damaged_mails(self, data: st.DataObject) -> None:
        mails = [path for path in corpus() if path.suffix in (".eml", ".txt")]
        raw = bytearray(data.draw(st.sampled_from(mails)).read_bytes()[:20_000] if mails else mail())
        for _ in range(data.draw(st.integers(0, 6))):
            at = data.draw(st.integers(0, len(raw)))
            raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=12))
        assert isinstance(parse(bytes(raw)), Mail)

    @given(st.binary(max_size=3000))
    def test_noise(self, raw: bytes) -> None:
        assert isinstance(parse(raw), Mail)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\n",
            b"\x00" * 100_000,
            b"Subject: x\n" * 50_000,
            b"From: " + b"a@b, " * 100_000,
            b"To: " + b"(" * 100_000,
            b"References: " + b"<a@b>" * 50_000,
            b"Subject: " + b"=?utf-8?b?" * 30_000,
            b"X: y\n " * 50_000,
            b"Content-Type: text/plain; charset=" + b"x" * 100_000 + b"\n\nhi",
            b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 100_000,
            b"Content-Type: text/plain; charset=idna\n\n" + b"a" * 100_000,
            b"Content-Type: text/html\n\n" + b"<" * 300_000,
            b"Content-Type: text/html\n\n" + b"<!--" * 100_000,
            b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 20_000,
            b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(1200)),
            b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(1500)),
            b"Content-Type: message/delivery-status\n\n" + b"a: b\n\n" * 20_000,
            b"Content-Type: application/pdf; name*0=a; " + b"; ".join(b"name*%d=a" % n for n in range(5000)) + b"\n\n",
            b"Content-Transfer-Encoding: base64\n\n" + b"=" * 300_000,
            b"Content-Transfer-Encoding: uuencode\n\nbegin 666 x\n" + b"M" * 100_000,
            b"From MAILER-DAEMON\nFrom: postmaster@x\n\n" + b"message-id: " * 50_000,
            b"Subject: " + b"form " * 140_000 + b"\nFrom: a@x.example\n\nhi",
            b"To: " + b", ".join(b"p%d@x.example" % n for n in range(10_000)) + b"\n\nhi",
            b"".join(b"To: p%d@x.example\n" % n for n in range(10_000)) + b"\nhi",
            b"\n" * 1_000_000,
            b"a: b\nc\n" * 200_000,
            b"From: a@x.example\n\n" + b"https://urldefense.com/v3/__http://[x*__;" * 20_000,
            b"From: a@x.example\n\n" + b"From: a\nSent: " * 20_000,
            b"From: a@x.example\nContent-Type: text/plain; format=flowed\n\n" + b"> a \n" * 100_000,
            b"From: mailer-daemon@x\n\n" + b"not \n" * 200_000 + b"permanent error" * 1000,
            b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: message/rfc822\n\n" * 3_000,
        ],
        ids=range(32),
    )
    def test_what_nobody_sends(self, raw: bytes) -> None:
        start = time.perf_counter()
        parse(raw)
        assert time.perf_counter() - start < SECONDS

    def test_what_the_standard_library_cannot_parse_still_has_a_sender_and_a_subject(self) -> None:
        raw = b"From: sam@cmht.example\nSubject: form\nContent-Type: multipart/mixed; boundary*=a; boundary*0*=b\n\nPlease"
        found = parse(raw)
        assert found.problems == ("is not built as mails are, so that only its beginning was read",)
        assert (found.sender.address, found.subject, found.words) == ("sam@cmht.example", "form", "Please")

    def test_what_is_packed_too_deep_still_has_a_sender_and_a_subject(self) -> None:
        deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(1200))
        found = parse(b"From: sam@cmht.example\nSubject: form\n" + deep)
        assert found.problems == ("is packed so deep that only its beginning was read",)
        assert (found.sender.address, found.subject) == ("sam@cmht.example", "form")
        assert found.sha256 == parse(b"From: sam@cmht.example\nSubject: form\n" + deep).sha256


class TestHeaders:
    @pytest.mark.parametrize(
        "before",
        [
            b"\n",
            b"\r\n\r\n",
            b"\xef\xbb\xbf",
            b"\xef\xbb\xbf\n",
            b"From sam@cmht.example Mon Nov 23 09:00:00 2026\n",
            b" \n",
        ],
    )
    def test_what_stands_before_the_header(self, before: bytes) -> None:
        found = parse(before + b"From: sam@cmht.example\r\nSubject: form\r\n\r\nPlease")
        assert (found.sender.address, found.subject, found.words) == ("sam@cmht.example", "form", "Please")

    @pytest.mark.parametrize(
        "header",
        [
            b"From : sam@cmht.example\nSubject : form",
            b"From:sam@cmht.example\nSubject:form",
            b"Subject: form\nnonsense in between\nFrom: sam@cmht.example",
            b"X-Long: " + b"x" * 400_000 + b"\nFrom: sam@cmht.example\nSubject: form",
            b"To: "
            + b", ".join(b"p%d@x.example" % n for n in range(10_000))
            + b"\nFrom: sam@cmht.example\nSubject: form",
            b"X: y\n" * 20_000 + b"From: sam@cmht.example\nSubject: form",
        ],
        ids=range(6),
    )
    def test_headers_that_programs_get_wrong(self, header: bytes) -> None:
        found = parse(header + b"\n\nPlease")
        assert (found.sender.address, found.words) == ("sam@cmht.example", "Please")
        assert found.subject.startswith("form")

    def test_a_long_subject_leaves_the_rest_alone(self) -> None:
        found = parse(b"Subject: " + b"form " * 140_000 + b"\nFrom: a@x.example\n\nPlease")
        assert found.subject.startswith("form form")
        assert (found.sender.address, found.words) == ("a@x.example", "Please")

    def test_words_that_begin_without_a_blank_line(self) -> None:
        found = parse(b"From: a@x.example\nSubject: form\nPlease send it\n\nSam")
        assert (found.subject, found.words) == ("form", "Please send it\n\nSam")

    def test_people(self) -> None:
        found = parse(
            mail(
                sender='"O\'Connor, Siân" <Sian.OConnor@CMHT.example>',
                to=f"Desk <{US}>, b@x.example",
                cc="C <c@x.example>",
            )
        )
        assert found.sender == Address("O'Connor, Siân", "sian.oconnor@cmht.example")
        assert found.sender.domain == "cmht.example"
        assert [one.address for one in found.to] == [US, "b@x.example"]
        assert [one.address for one in found.cc] == ["c@x.example"]

    def test_reply_to(self) -> None:
        found = parse(mail(reply_to="x <x@elsewhere.example>"))
        assert [one.address for one in found.reply_to] == ["x@elsewhere.example"]

    @pytest.mark.parametrize(
        ("written", "address"),
        [
            ("sam@cmht.example", "sam@cmht.example"),
            ("<sam@cmht.example>", "sam@cmht.example"),
            ("sam@cmht.example (Sam)", "sam@cmht.example"),
            ("=?utf-8?q?Si=C3=A2n?= <sam@cmht.example>", "sam@cmht.example"),
            ("=?iso-8859-1?B?U2nibg==?= <sam@cmht.example>", "sam@cmht.example"),
            ("Sam\r\n <sam@cmht.example>", "sam@cmht.example"),
            ('"a@decoy.example" <sam@cmht.example>', "sam@cmht.example"),
            ("=?utf-8?q?a=40decoy=2Eexample?= <sam@cmht.example>", "sam@cmht.example"),
            ("=?utf-8?q?a=40decoy=2Eexample=3C?= <sam@cmht.example>", "sam@cmht.example"),
            ("undisclosed", ""),
            ("", ""),
        ],
    )
    def test_ways_to_write_a_sender(self, written: str, address: str) -> None:
        assert parse(f"From: {written}\r\nTo: {US}\r\n\r\nhi".encode()).sender.address == address

    def test_the_first_of_two_senders_counts(self) -> None:
        assert parse(b"From: a@x.example\nFrom: b@y.example\n\nhi").sender.address == "a@x.example"
        assert parse(b"From: a@x.example, b@y.example\n\nhi").sender.address == "a@x.example"

    def test_nobody(self) -> None:
        assert parse(b"Subject: x\n\nhi").sender is NOBODY

    @pytest.mark.parametrize(
        "written", [b"=?utf-8?b?abcde?= <sam@cmht.example>", b"=?utf\x008?q?Sam?= <sam@cmht.example>"]
    )
    def test_a_name_that_cannot_be_decoded_hides_no_address(self, written: bytes) -> None:
        found = parse(b"From: " + written + b"\nTo: " + written + b"\nSubject: " + written + b"\n\nPlease")
        assert (found.sender.address, found.words) == ("sam@cmht.example", "Please")
        assert "sam@cmht.example" in found.subject

    @pytest.mark.parametrize(
        ("written", "subject"),
        [
            (b"Referral form", "Referral form"),
            (b"Referral\r\n form", "Referral form"),
            (b"=?utf-8?q?Formul=C3=A4r?=", "Formulär"),
            (b"=?utf-8?q?Formul=C3?= =?utf-8?q?=A4r?=", "Formulär"),
            (b"=?windows-1252?Q?the_=93form=94?=", "the “form”"),
            ("Formulär".encode(), "Formulär"),
            (b"=?no-such-charset?q?form?=", "form"),
            (b"", ""),
        ],
    )
    def test_subjects(self, written: bytes, subject: str) -> None:
        assert parse(b"From: a@x.example\r\nSubject: " + written + b"\r\n\r\nhi").subject == subject

    def test_the_thread(self) -> None:
        found = parse(mail(in_reply_to="<b@desk.example>", references="<a@desk.example> <b@desk.example>"))
        assert set(found.thread) == {"<a@desk.example>", "<b@desk.example>"}
        assert len(found.thread) == 2

    def test_the_topmost_of_the_same_header(self) -> None:
        found = parse(b"X-A: 1\nFrom: a@x.example\nx-a:  2\n 3\n\nhi")
        assert (found.header("X-a"), found.headers["x-a"], found.header("none")) == ("1", ("1", "2 3"), "")

    def test_addresses_in_a_header(self) -> None:
        assert addresses_in("A <A@x.example>, b@y.example") == {"a@x.example", "b@y.example"}


class TestWords:
    def test_plain_before_html(self) -> None:
        message = EmailMessage()
        message.set_content("plain words")
        message.add_alternative("<p>html words</p>", subtype="html")
        assert parse(message.as_bytes()).words == "plain words"

    def test_html_where_there_is_no_plain(self) -> None:
        message = EmailMessage()
        message.set_content("   ")
        message.add_alternative("<p>html words</p>", subtype="html")
        assert parse(message.as_bytes()).words == "html words"

    @pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "iso-8859-15", "cp1252"])
    @pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
    def test_charsets(self, charset: str, encoding: str) -> None:
        text = "Siân’s café" if charset not in ("iso-8859-1", "iso-8859-15") else "Siân's café"
        body = text.encode(charset)
        if encoding == "base64":
            import base64

            body = base64.encodebytes(body)
        elif encoding == "quoted-printable":
            import quopri

            body = quopri.encodestring(body)
        elif charset == "utf-16":
            return  # nobody can send it: it holds line ends that are none
        raw = (
            f"From: a@x.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
        )
        assert parse(raw.encode() + body).words == text

    @pytest.mark.parametrize("charset", ["x-unknown", "us-ascii", "utf-8", "rot13", "base64", '"', "utf\x008"])
    @pytest.mark.parametrize("body", ["Siân’s".encode(), "Siân’s".encode("windows-1252")])
    def test_a_charset_that_is_wrong(self, charset: str, body: bytes) -> None:
        raw = f"From: a@x.example\nContent-Type: text/plain; charset={charset}\n\n".encode() + body
        assert parse(raw).words == "Siân’s"

    @pytest.mark.parametrize(
        ("charset", "body", "text"),
        [
            ("DEFAULT", "Siân".encode(), "Siân"),
            ("unknown-8bit", "Siân".encode("windows-1252"), "Siân"),
            ("iso-8859-1", "the “form”".encode("windows-1252"), "the “form”"),
            ("iso-8859-1", "the “form”".encode(), "the “form”"),
            ("gb2312", "请发表格鎔".encode("gb18030"), "请发表格鎔"),
            ("utf-8", "\ufeffSiân".encode(), "Siân"),
            ("punycode", b"Sam", "Sam"),
        ],
    )
    def test_charsets_that_programs_misname(self, charset: str, body: bytes, text: str) -> None:
        assert (
            parse(f"From: a@x.example\nContent-Type: text/plain; charset={charset}\n\n".encode() + body).words == text
        )

    def test_text_that_flows(self) -> None:
        """RFC 3676: lines that end in a space go on in the next, quotations of another depth do not."""
        body = b"Please can you \nsend me the \nform?\n> old words \n> go on\n From here on \nmore\n"
        head = b"From: a@x.example\nContent-Type: text/plain; format=flowed%s\n\n"
        assert parse(head % b"" + body).text == (
            "Please can you send me the form?\n> old words go on\nFrom here on more\n"
        )
        assert parse(head % b"; delsp=yes" + b"wo \nrds\n").words == "words"

    def test_words_that_exchange_made_a_file(self) -> None:
        raw = mail("Please see below", files=[("ATT00001.txt", "text/plain", b"and send the form")])
        found = parse(raw)
        assert found.words.split() == ["Please", "see", "below", "and", "send", "the", "form"]
        assert found.files == ()

    def test_a_multipart_without_its_boundary_is_text(self) -> None:
        found = parse(b"From: a@x.example\nContent-Type: multipart/alternative;\nboundary=x\n\n--x\n\nPlease\n")
        assert "Please" in found.words

    def test_words_are_not_taken_from_an_attached_mail(self) -> None:
        inner, outer = EmailMessage(), EmailMessage()
        inner["From"], inner["Subject"] = "x@y.example", "inner"
        inner.set_content("inner words")
        outer["From"] = "a@x.example"
        outer.set_content("outer words")
        outer.add_attachment(inner)
        found = parse(outer.as_bytes())
        assert found.words == "outer words"
        assert [(one.name, one.media_type) for one in found.files] == [("attached.eml", "message/rfc822")]
        assert b"inner words" in found.files[0].data

    def test_the_same_content_in_another_mail(self) -> None:
        assert parse(mail()).content == parse(mail(subject="Other")).content
        assert parse(mail()).content != parse(mail("Other")).content
        assert parse(mail()).content != parse(mail(files=[("a.pdf", "application/pdf", PDF)])).content


class TestFiles:
    @pytest.mark.parametrize(
        "headers",
        [
            'Content-Type: application/pdf; name="form.pdf"\r\nContent-Disposition: attachment; filename="form.pdf"',
            'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="form.pdf"',
            'Content-Type: application/pdf\r\nContent-Disposition: inline; filename="form.pdf"',
            "Content-Type: application/pdf",
            "Content-Type: application/pdf\r\nContent-Disposition: inline",
            "Content-Type: application/pdf\r\nContent-Disposition: attachment",
            'Content-Type: text/plain; name="form.pdf"',
            'Content-Type: text/html\r\nContent-Disposition: attachment; filename="form.pdf"',
            "Content-Type: nonsense",
            "Content-Type: text/plain",
            "Content-Type: multipart/mixed",
            "Content-Disposition: attachment; filename*=utf-8''f%C3%B6rm.pdf",
            'Content-Type: application/pdf; name="=?utf-8?q?f=C3=B6rm=2Epdf?="',
        ],
    )
    def test_found_however_it_is_attached(self, headers: str) -> None:
        """By what it is, not by its name or disposition (R19)."""
        import base64

        raw = lines(
            "From: a@x.example", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', "",
            "--b", "Content-Type: text/plain", "", "words", "--b", headers, "Content-Transfer-Encoding: base64", "",
            base64.encodebytes(PDF).decode(), "--b--", "",
        )  # fmt: skip
        found = parse(raw)
        if "nonsense" in headers:
            assert PDF[:4] in found.text.encode("latin-1", "replace") or found.files
            return
        assert [one.data for one in found.files] == [PDF]
        assert [one.may_hold_form for one in found.files] == [True]
        assert found.words == "words"

    def test_a_file_that_was_cut_short_is_said(self) -> None:
        raw = mail(files=[("form.pdf", "application/pdf", PDF)])
        found = parse(raw[:-20_000])
        assert found.files[0].data == PDF[: len(found.files[0].data)]
        assert found.problems == ("was cut short on its way: its last file may not be whole",)

    def test_an_attached_mail_that_was_encoded(self) -> None:
        import base64

        inner = mail("inner words", files=[("form.pdf", "application/pdf", PDF)])
        raw = (
            b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n"
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(inner) + b"--b--\n"
        )
        assert parse(parse(raw).files[0].data).files[0].data == PDF

    def test_a_mail_that_is_a_file(self) -> None:
        """Scanners send nothing else."""
        import base64

        raw = b"From: scan@x.example\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
        assert [one.data for one in parse(raw + base64.encodebytes(PDF)).files] == [PDF]

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "C:\\Users\\x\\form.pdf", "a\x00b.pdf", "x" * 500, "", "/", "form\r\n.pdf", "…"]
    )
    def test_names_are_made_harmless(self, name: str) -> None:
        message = EmailMessage()
        message["From"] = "a@x.example"
        message.set_content("words")
        message.add_attachment(PDF, maintype="application", subtype="pdf")
        message.get_payload()[1].add_header("X-Y", "z")  # type: ignore[index,union-attr]
        del message.get_payload()[1]["Content-Disposition"]  # type: ignore[index,union-attr]
        raw = message.as_bytes().replace(
            b"X-Y: z", b'Content-Disposition: attachment; filename="%s"' % name.encode().replace(b"\r\n", b"")
        )
        (file,) = parse(raw).files
        assert file.name
        assert len(file.name) <= 120
        assert not set(file.name) & set("/\\\x00\r\n")

    def test_logos_calendars_and_signatures_are_not_read(self) -> None:
        found = parse(
            mail(
                files=[
                    ("logo.png", "image/png", b"\x89PNG" + b"x" * 5000),
                    ("photo.jpg", "image/jpeg", b"\xff\xd8" + b"x" * 50_000),
                    ("smime.p7s", "application/pkcs7-signature", b"x"),
                    ("invite.ics", "text/calendar", b"BEGIN:VCALENDAR"),
                    ("empty.pdf", "application/pdf", b""),
                ]
            )
        )
        assert [one.name for one in found.readable] == ["photo.jpg"]
        assert len(found.files) == 5

    def test_a_document_is_one_whatever_a_program_calls_it(self) -> None:
        for media_type in ("image/png", "text/calendar", "application/pkcs7-signature", "application/octet-stream"):
            (file,) = parse(mail(files=[("x", media_type, b"%PDF-1.7 small")])).files
            assert file.may_hold_form, media_type

    def test_documents_are_read_before_pictures(self) -> None:
        photos = [(f"{n}.jpg", "image/jpeg", b"\xff\xd8\xff" + bytes(50_000)) for n in range(25)]
        found = parse(mail(files=[*photos, ("form.pdf", "application/pdf", PDF)]))
        assert [one.name for one in found.to_read] == ["form.pdf", *(f"{n}.jpg" for n in range(19))]

    def test_no_more_parts_than_a_person_sends(self) -> None:
        raw = (
            b"From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\nContent-Type: image/png\n\nx\n" * 600
        )
        found = parse(raw)
        assert len(found.files) == 500
        assert "more than 500 parts" in found.problems[0]


class TestReports:
    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("lhost-postfix-01", "5."),
            ("lhost-exchange2007-01", "5."),
            ("lhost-office365-03", "5."),
            ("lhost-exim-01", "5."),
            ("lhost-qmail-03", ""),
            ("lhost-googlegroups-02", ""),
        ],
    )
    def test_of_real_servers(self, name: str, status: str) -> None:
        for path in corpus():
            if path.name == f"{name}.eml" and path.parent.name in ("bsd", "dos"):
                report = parse(path.read_bytes()).report
                assert report, path
                assert report.action == "failed"
                assert report.status.startswith(status)

    def test_most_bounces_of_the_corpus_say_whose_mail_it_was(self) -> None:
        bounces = [
            path for path in corpus() if path.parent.name == "bsd" and path.name.startswith(("lhost-", "rfc3464"))
        ]
        if not bounces:
            return
        reports = [parse(path.read_bytes()).report for path in bounces]
        known = [one for one in reports if one and one.message_ids]
        assert len(known) > 0.8 * len(bounces)
        assert {one.action for one in known} <= {"failed", "delayed", "delivered", "expired", "deliverable", ""}

    def test_a_report_comes_with_its_parts(self) -> None:
        report = parse(dsn()).report
        assert report
        assert (report.action, report.status, report.message_ids) == ("failed", "5.1.1", ("<ours@desk.example>",))
        assert parse(dsn()).files == ()

    def test_the_headers_alone(self) -> None:
        raw = dsn().replace(b"message/rfc822", b"text/rfc822-headers")
        report = parse(raw).report
        assert report
        assert report.message_ids == ("<ours@desk.example>",)

    def test_a_receipt(self) -> None:
        raw = lines(
            "From: a@x.example", "Subject: Read: Referral form",
            'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"', "",
            "--b", "Content-Type: text/plain", "", "Your message was read", "--b",
            "Content-Type: message/disposition-notification", "", "Final-recipient: RFC822; a@x.example",
            "Original-Message-ID: <ours@desk.example>",
            "Disposition: automatic-action/MDN-sent-automatically; displayed", "", "--b--", "",
        )  # fmt: skip
        report = parse(raw).report
        assert report
        assert (report.action, report.message_ids) == ("displayed", ("<ours@desk.example>",))

    def test_in_prose(self) -> None:
        raw = lines(
            "From: MAILER-DAEMON@mail.example", f"To: {US}", "Subject: failure notice", "",
            "Hi. This is the qmail-send program at mail.example.", "I'm afraid I wasn't able to deliver your message.", "",
            "<sam@cmht.example>:", "192.0.2.9 does not like recipient. 550 5.1.1 no such user", "",
            "--- Below this line is a copy of the message.", "", "Message-ID: <ours@desk.example>", "Subject: x",
        )  # fmt: skip
        report = parse(raw).report
        assert report
        assert (report.action, report.status, report.message_ids) == ("failed", "5.1.1", ("<ours@desk.example>",))

    def test_a_warning_in_prose(self) -> None:
        raw = lines(
            "From: Mail Delivery System <Mailer-Daemon@mail.example>", "Subject: Warning: message delayed 24 hours", "",
            "This is a warning message only.", "Message-Id: <ours@desk.example>",
        )  # fmt: skip
        report = parse(raw).report
        assert report
        assert report.action == "delayed"

    def test_a_person_who_forwards_a_bounce_is_a_person(self) -> None:
        assert parse(mail("FYI\n\nMessage-ID: <ours@desk.example>\n550 5.1.1 no such user")).report is None


def dsn(action: str = "failed", status: str = "5.1.1", message_id: str = "<ours@desk.example>") -> bytes:
    """As Postfix writes it."""
    return lines(
        "Return-Path: <>", "From: MAILER-DAEMON@mail.example (Mail Delivery System)", f"To: {US}",
        "Subject: Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "", "--b", "Content-Type: text/plain", "",
        "I'm sorry to have to inform you.", "--b", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mail.example", "", "Final-Recipient: rfc822; sam@cmht.example", f"Action: {action}",
        f"Status: {status}", "", "--b", "Content-Type: message/rfc822", "", f"From: {US}", f"Message-ID: {message_id}",
        "Subject: ours", "", "words", "--b--", "",
    )  # fmt: skip
