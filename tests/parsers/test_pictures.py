"""Pages with each answer framed in the colour of how sure it is, wherever it stands and however the page lies."""

from __future__ import annotations

import io
import zipfile

from PIL import Image, ImageChops, ImageColor

import parsers
from parsers import COLOURS, File, Limits
from parsers.write.fill import by_control, fill_docx, fill_pdf
from tests.parsers.fill.clients import CLIENTS
from tests.parsers.kit import DOCX, FORMS, PDF
from tests.parsers.people import PLAIN, TODAY
from tests.parsers.printing import GEOMETRIES, pdfium
from tests.parsers.scanning import as_jpeg, as_tiff, rendered

DOUBTED = {**PLAIN, "p_dob": "03/04/85"}


def drawn(name: str, data: bytes) -> list[Image.Image]:
    file = File(name, data)
    readings = parsers.read([file], FORMS, today=TODAY)
    return [Image.open(io.BytesIO(png)) for png in parsers.pictures(file, readings)]


def framed(image: Image.Image, state: str) -> tuple[int, int, int, int] | None:
    """What holds all pixels of a colour, as shares of a thousand of the picture."""
    colour = Image.new("RGB", image.size, ImageColor.getrgb(COLOURS[state]))
    differs = ImageChops.difference(image, colour).convert("L").point(lambda level: 0 if level else 255)
    box = differs.getbbox()
    if box is None:
        return None
    width, height = image.size
    left, top, right, bottom = box
    return 1000 * left // width, 1000 * top // height, 1000 * right // width, 1000 * bottom // height


def test_a_field_in_doubt_is_red_and_the_others_are_green() -> None:
    pages = drawn("form.pdf", fill_pdf(PDF, DOUBTED))

    assert len(pages) == 7
    assert [framed(page, "in conflict or lost") is not None for page in pages] == [False, True] + [False] * 5
    assert all(framed(page, "sure") for page in pages)


def test_a_frame_lies_on_its_answer_however_the_page_lies() -> None:
    printed = pdfium(CLIENTS["pdfium"](PDF, by_control(DOUBTED)))
    straight = framed(drawn("form.pdf", fill_pdf(PDF, DOUBTED))[1], "in conflict or lost")
    assert straight is not None
    left, top, right, bottom = straight

    upright = framed(drawn("form.pdf", printed)[1], "in conflict or lost")
    turned = framed(drawn("form.pdf", GEOMETRIES["/Rotate 180"](printed))[1], "in conflict or lost")

    assert upright is not None
    assert turned is not None
    assert max(abs(a - b) for a, b in zip(upright, straight, strict=True)) <= 5
    assert (
        max(abs(a - b) for a, b in zip(turned, (1000 - right, 1000 - bottom, 1000 - left, 1000 - top), strict=True))
        <= 5
    )


def test_a_frame_lies_on_its_answer_on_photos_and_on_faxes_with_uneven_dots() -> None:
    page = rendered(pdfium(CLIENTS["pdfium"](PDF, by_control(DOUBTED))))[1]
    straight = framed(drawn("form.pdf", fill_pdf(PDF, DOUBTED))[1], "in conflict or lost")
    assert straight is not None

    for name, data in (
        ("photo.jpg", as_jpeg(page)),  # larger than it is read at
        ("turned.jpg", as_jpeg(page, 6)),
        ("fax.tif", as_tiff([page[::3, ::2]], dpi=(150, 100))),
    ):
        (picture,) = drawn(name, data)
        frame = framed(picture, "in conflict or lost")

        assert frame is not None, name
        assert max(abs(a - b) for a, b in zip(frame, straight, strict=True)) <= 6, name


def test_a_form_in_a_container_is_drawn_too() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("form.pdf", fill_pdf(PDF, DOUBTED))

    assert len(drawn("papers.zip", out.getvalue())) == 7


def test_a_word_document_has_no_pages_to_draw() -> None:
    assert drawn("form.docx", fill_docx(DOCX, PLAIN)) == []


def test_a_file_that_cannot_be_drawn_within_its_limits_gives_no_picture() -> None:
    file = File("form.pdf", fill_pdf(PDF, DOUBTED))
    readings = parsers.read([file], FORMS, today=TODAY)

    assert list(parsers.pictures(File("form.pdf", b"%PDF-1.7 spoiled"), readings, Limits(seconds=20))) == []
