"""Fills Word documents in LibreOffice as a person does and saves them; run by the system's Python, which has UNO.

Arguments: a folder of `NAME.docx` beside `NAME.json` (what stands in each control, by tag, and the words of its row),
the folder to save into, the profile's address, and `fill` or `overtype`: the words of a cell typed over its control.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue

FILTERS = {"docx": "MS Word 2007 XML", "odt": "writer8", "doc": "MS Word 97", "rtf": "Rich Text Format"}


def main(source: str, target: str, profile: str, how: str) -> None:
    pipe = f"pipe,name=mailbot-{Path(profile).name}-{time.monotonic_ns()};urp;"
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore", f"--accept={pipe}"]
    office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        desktop = connected(pipe)
        for path in sorted(Path(source).glob("*.docx")):
            wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
            document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (named("Hidden", True),))
            fill(document, wanted, how == "overtype")
            saved = (Path(target) / path.name).as_uri()
            document.storeToURL(saved, (named("FilterName", FILTERS["docx"]),))
            document.close(True)
        desktop.terminate()
    finally:
        try:
            office.wait(20)
        except subprocess.TimeoutExpired:
            office.kill()


def connected(pipe: str) -> Any:
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    for _ in range(120):
        try:
            there = resolver.resolve(f"uno:{pipe}StarOffice.ComponentContext")
            return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice did not answer")


def named(name: str, value: object) -> PropertyValue:
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def fill(document: Any, wanted: list[str | None], overtype: bool) -> None:
    """`wanted`: what to type, for each control of the document in order; null leaves it."""
    controls = iter(wanted)
    for text in texts(document):
        for control in list(controls_in(text)):
            words = next(controls)
            if words is None:
                continue
            if control.Checkbox:
                control.Checked = True  # and LibreOffice draws the tick, as on a click
            elif overtype and text.supportsService("com.sun.star.text.Cell"):
                text.setString(words)
            else:
                control.ShowingPlaceHolder = False
                control.setString(words)
    assert next(controls, None) is None, "controls are left"


def texts(document: Any) -> Iterator[Any]:
    for number in range(document.TextTables.Count):
        table = document.TextTables.getByIndex(number)
        for name in sorted(table.CellNames, key=lambda one: (int(one.lstrip("ABCDEFGH")), one)):
            yield table.getCellByName(name)


def controls_in(text: Any) -> Iterator[Any]:
    for paragraph in each(text):
        for portion in each(paragraph) if paragraph.supportsService("com.sun.star.text.Paragraph") else ():
            if portion.TextPortionType == "ContentControl":
                yield portion.ContentControl


def each(what: Any) -> Iterator[Any]:
    found = what.createEnumeration()
    while found.hasMoreElements():
        yield found.nextElement()


main(*sys.argv[1:])
