"""`python -m bench.helpdesk.fetch COUNTS`: one queue on the mailbox, and its own mail fetch, once.

Runs in the environment of django-helpdesk, where there is no mailbot.
"""

import json
import os
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.helpdesk.settings")


def main(counted: Path) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    from helpdesk.models import Queue, Ticket  # noqa: PLC0415 - only once Django is set up

    Queue.objects.create(
        title="Referrals",
        slug="referrals",
        email_address=os.environ["HELPDESK_ADDRESS"],
        allow_email_submission=True,
        email_box_type="imap",
        email_box_ssl=True,
        email_box_host="127.0.0.1",
        email_box_port=int(os.environ["HELPDESK_IMAP_PORT"]),
        email_box_user=os.environ["HELPDESK_ADDRESS"],
        email_box_pass=os.environ["HELPDESK_PASSWORD"],
        email_box_interval=0,
    )
    started, busy = time.monotonic(), time.process_time()
    call_command("get_email", quiet=True)
    costs = {"started": started, "tickets": Ticket.objects.count(), "cpu": time.process_time() - busy}
    counted.write_text(json.dumps(costs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
