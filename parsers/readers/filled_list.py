"""A list of ours that staff filled in: a Word document that is no form, whose controls are tagged `REFERENCE.part`."""

from __future__ import annotations

import re

from parsers.readers import Source
from parsers.reading import Answer

#: what the list says it is, in the subject of its properties: "review-list 2026-11-25"
LIST = "list.name"
_NAME = re.compile(r"review-list \d{4}-\d{2}-\d{2}")
_TAG = re.compile(r"(?:[A-Z]{1,6}-\d{4}-\d{4,6}|meeting)\.[a-z_]+")


def controls(source: Source) -> dict[str, Answer]:
    """What stands in the controls of a list of ours, by their tags, and which list it is; empty for all else."""
    # a PDF needs none of what reads Word
    from parsers.readers.docx import MOST_XML, by_tag  # noqa: PLC0415
    from parsers.readers.wordxml import Document  # noqa: PLC0415

    document = Document(source.data, min(source.limits.unpacked_bytes, MOST_XML))
    if not _NAME.fullmatch(document.subject):
        return {}
    found = {tag: written for tag, written in by_tag(list(document.controls())).items() if _TAG.fullmatch(tag)}
    answers = {
        tag: Answer(written.text, written.text, 0.5 if written.candidates else 1.0, candidates=written.candidates)
        for tag, written in found.items()
    }
    return {LIST: Answer(document.subject, document.subject, 1.0), **answers}
