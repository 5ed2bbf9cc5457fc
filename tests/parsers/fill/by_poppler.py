"""Fills a form as Evince does; run by the system's Python, which has the bindings."""

import json
import sys

import gi

gi.require_version("Poppler", "0.18")
from gi.repository import Poppler  # noqa: E402 - the version comes first


def main(source: str, jobs: str, target: str) -> None:
    document = Poppler.Document.new_from_file(f"file://{source}", None)
    with open(jobs, encoding="utf-8") as file:  # noqa: PTH123 - the system's Python may be older
        todo = json.load(file)
    pages = [document.get_page(number) for number in range(document.get_n_pages())]
    fields = [page.get_form_field_mapping() for page in pages]
    for page, (x, y), text in todo:
        field = next(m.field for m in fields[page] if m.area.x1 <= x <= m.area.x2 and m.area.y1 <= y <= m.area.y2)
        if field.get_field_type() == Poppler.FormFieldType.TEXT:
            field.text_set_text(text)
        else:
            field.button_set_state(True)
    document.save(f"file://{target}")


main(*sys.argv[1:])
