"""The command line, one file for each group of commands; their names are stable, for scripts rely on them."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from mailbot.commands import audit, decisions, export, forms, people, rehearsal, service
from mailbot.commands.desk import set_config_folder
from mailbot.errors import UserError

app = typer.Typer(
    name="mailbot",
    help="A referral desk that lives in a mailbox: it sends the form to whoever asks, reads the forms that come back,"
    " prepares the weekly review and tells the outcome. Nothing is decided without a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", envvar="MAILBOT_CONFIG", metavar="DIR", help="The configuration folder; config/ unless you say."
        ),
    ] = None,
) -> None:
    set_config_folder(config)
    # standard output is for answers; only `run` tells what happens as it happens
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet, logger_factory=structlog.PrintLoggerFactory(sys.stderr))


for group in (service, forms, rehearsal, people, decisions, export, audit):
    group.add_to(app)


def main() -> None:
    """Run one command. Exit status 0 well, 1 a fault, 2 wrong use."""
    try:
        app()
    except UserError as error:
        for problem in error.problems:
            Console(stderr=True, highlight=False, soft_wrap=True).print(problem, markup=False)
        sys.exit(1)
