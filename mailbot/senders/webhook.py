"""Posts a few words to a webhook, as Teams, Slack, Mattermost and alerting services take them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from mailbot.errors import Passing

_SECONDS = 20.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The words go where the team said, or nowhere."""


_opener = urllib.request.build_opener(_NoRedirect)


def post(url: str, words: str) -> None:
    """Hand the words over as `{"text": ...}`; raises Passing. The address is a secret: no error repeats it."""
    request = urllib.request.Request(  # noqa: S310 - settings take https alone, or this machine
        url, json.dumps({"text": words}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with _opener.open(request, timeout=_SECONDS):
            pass
    except urllib.error.HTTPError as error:
        raise Passing(f"the webhook answered {error.code}") from None
    except Exception as error:  # urllib, ssl and sockets raise what they like
        raise Passing(f"the webhook cannot be reached ({type(error).__name__})") from None
