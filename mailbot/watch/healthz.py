"""/healthz and /livez over HTTP, for monitoring and for whatever runs the container. They say nothing of any mail."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mailbot.errors import UserError
from mailbot.settings import HealthSettings
from mailbot.watch import Watch


class Healthz:
    """`/healthz` is 200 while there is no alarm, `/livez` while a new start would not help; else both are 503."""

    def __init__(self, settings: HealthSettings, watch: Watch) -> None:
        self._server: ThreadingHTTPServer | None = None
        if not settings.port:
            return
        try:
            self._server = ThreadingHTTPServer((settings.host, settings.port), _answers(watch))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise UserError(
                f"health.port: cannot listen on {where} ({error.strerror}); write another port or host"
            ) from None

    def start(self) -> None:
        if self._server:
            threading.Thread(target=self._server.serve_forever, name="healthz", daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()


def _answers(watch: Watch) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        timeout = 5
        server_version = "mailbot"
        sys_version = ""

        def do_GET(self) -> None:
            if self.path not in ("/healthz", "/livez"):
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            well = not watch.is_stuck and not (self.path == "/healthz" and watch.alarms)
            body = json.dumps({"well": well, "alarms": sorted(watch.alarms)}).encode() + b"\n"
            self.send_response(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Asked every few seconds, and not worth a line."""

    return Answer
