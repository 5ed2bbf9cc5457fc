"""Links as their writer meant them, whatever a gateway put around them."""

from __future__ import annotations

import pytest

from mailbot.links import linked_hosts, unwrapped
from mailbot.mail import parse
from tests.desk import mail

SAFE = "https://eur01.safelinks.protection.outlook.com/?url="


@pytest.mark.parametrize(
    ("wrapped", "meant"),
    [
        (f"{SAFE}https%3A%2F%2Fcmht.example%2Fform%3Fa%3D1&data=05%7C02%7Csam&reserved=0", "https://cmht.example/form?a=1"),
        (f"{SAFE}https%3A%2F%2Fcmht.example%2F&amp;data=05", "https://cmht.example/"),
        ("https://urldefense.proofpoint.com/v2/url?u=http-3A__cmht.example_form&d=Bwd&c=TIw", "http://cmht.example/form"),
        ("https://urldefense.com/v3/__https://cmht.example:443/a?q=a*test&gs=ps__;Kw!-612Flb!Ue6$", "https://cmht.example:443/a?q=a+test&gs=ps"),
        ("https://urldefense.com/v3/__https:/cmht.example/**A__;YWJj!!x$", "https://cmht.example/ab"),
        ("https://protect-eu.mimecast.com/s/abcDEF?domain=cmht.example", "https://cmht.example/"),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fcmht.example%2f&c=E,1,x", "https://cmht.example/"),
        ("https://secure-web.cisco.com/1abcDEF/https%3A%2F%2Fcmht.example%2Fx", "https://cmht.example/x"),
        (f"{SAFE}https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fcmht.example%2F__%3B!!x%24&data=1", "https://cmht.example/"),
        ("https://cmht.example/form", "https://cmht.example/form"),
        (f"{SAFE}javascript%3Aalert(1)&data=1", f"{SAFE}javascript%3Aalert(1"),
        ("https://eur01.safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fx.example", None),
        ("http://[", "http://["),
        ("https://urldefense.com/v3/__http://[__;!!x$", "http://["),
    ],
)  # fmt: skip
def test_what_was_meant(wrapped: str, meant: str | None) -> None:
    assert unwrapped(f"See {wrapped} please").startswith(f"See {wrapped if meant is None else meant}")


def test_a_link_that_outlook_wrote_twice_is_said_once() -> None:
    link = f"{SAFE}https%3A%2F%2Fcmht.example%2Fform&data=05"
    assert unwrapped(f"https://cmht.example/form<{link}> and words<{link}>") == (
        "https://cmht.example/form and words<https://cmht.example/form>"
    )


def test_the_new_words_show_what_was_meant_and_the_text_what_came() -> None:
    found = parse(mail(f"Our form: {SAFE}https%3A%2F%2Fx.sharepoint.com%2Fform&data=05"))
    assert found.words == "Our form: https://x.sharepoint.com/form"
    assert SAFE in found.text
    assert found.links == ("x.sharepoint.com",)


def test_the_history_of_a_mail_links_to_nothing() -> None:
    assert linked_hosts("", '<a href="https://a.example">a</a><blockquote>https://b.example</blockquote>') == (
        "a.example",
    )
