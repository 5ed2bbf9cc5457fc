"""form and read: the blank, and what returned forms say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

import parsers
from mailbot.commands.desk import console, load_settings, print_json
from mailbot.errors import UserError
from mailbot.read import limits
from mailbot.settings import Settings
from mailbot.shown import shown
from parsers import File, Form, FormError, Reading
from parsers.write import BLANK_FILES, build


def add_to(app: typer.Typer) -> None:
    app.command("form")(form)
    app.command("read")(read)


def form(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where to copy the blank to.")] = None,
    build_: Annotated[
        bool, typer.Option("--build", help="Make the blank anew from form.toml (needs the extra `forms`).")
    ] = False,
) -> None:
    """Copy the kept blank form as PDF, Word document and plain text, or make it anew."""
    folder = load_settings(account=False).form_folder
    if build_:
        try:
            build(Form.load(folder), folder)
        except FormError as error:
            raise UserError(str(error)) from None
        console.print(f"Made the blank anew in {folder}", markup=False)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in BLANK_FILES:
            shutil.copyfile(folder / name, out / name)
            console.print(str(out / name), markup=False)
    if out is None and not build_:
        raise typer.BadParameter("say --out DIR, --build, or both")


def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Returned forms: PDF or Word documents.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    pictures: Annotated[
        Path | None,
        typer.Option(
            "--pictures", metavar="DIR", help="Where to write each page, its answers framed by how sure they are."
        ),
    ] = None,
) -> None:
    """Read returned forms: each answer with where it was found and how sure it is."""
    settings = load_settings(account=False)
    opened = opened_files(files)
    readings = read_opened(opened, settings)
    said = list(_draw(opened, readings, pictures, limits(settings))) if pictures else []
    if as_json:
        print_json([reading.shown() for reading in readings])
        return
    for reading in readings:
        _print(reading, Form.load(settings.form_folder))
    for words in said:
        console.print(words, markup=False)


def read_paths(paths: list[Path], settings: Settings) -> list[Reading]:
    """Read files from the disk; raises UserError for one that cannot be opened."""
    return read_opened(opened_files(paths), settings)


def opened_files(paths: list[Path]) -> list[File]:
    opened = []
    for path in paths:
        try:
            opened.append(File(path.name, path.read_bytes()))
        except OSError as error:
            raise UserError(f"{path}: cannot be opened: {error.strerror}") from None
    return opened


def read_opened(files: list[File], settings: Settings) -> list[Reading]:
    return parsers.read(files, settings.folder / "forms", limits(settings), current=settings.referrals.form)


def _draw(files: list[File], readings: list[Reading], folder: Path, most: parsers.Limits) -> Iterator[str]:
    """Write the pages, and say what was written; numbered, for the names that people give files may name people."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files, start=1):
        drawn = list(parsers.pictures(file, readings, most))
        for page, png in enumerate(drawn, start=1):
            path = folder / f"file-{number}-page-{page}.png"
            path.write_bytes(png)
            yield str(path)
        if not drawn:
            yield f"{file.name}: no answer stands on a page of it, so there is no picture"
    yield "Frames: " + ", ".join(f"{colour} {what}" for what, colour in parsers.COLOURS.items())


def _print(reading: Reading, form: Form) -> None:
    console.rule(", ".join(reading.files), align="left")
    for problem in reading.problems:
        console.print(f"! {problem.words}", markup=False)
    if not reading.form_version or not reading.answers:
        return
    for key, answer in reading.answers.items():
        if key.partition(".")[0] not in form or (not answer.raw and answer.value in (None, "", [])):
            continue
        field = form[key.partition(".")[0]]
        row = dict(field.rows).get(key.partition(".")[2], "")
        words = shown(field, answer).replace("\n", "\n    ")
        console.print(f"{f'{field.label} {row}'.strip()}: {words}", markup=False)
        if answer.remark:
            console.print(f"    {answer.remark}", markup=False)
    missing = reading.unanswered(form)
    if missing:
        console.print("Not answered: " + "; ".join(field.label for field in missing), markup=False)
