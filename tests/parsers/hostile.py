"""Files made to harm whoever reads them: small on the way, endless inside; alone, and put into our own filled-in form."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from parsers.write.fill import fill_pdf
from tests.parsers.damage import changed, only_xfa
from tests.parsers.kit import DOCX, PDF
from tests.parsers.people import PLAIN
from tests.parsers.printing import pdfium

Make = Callable[[], bytes]

_MB = 1 << 20


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, the first its catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return bytes(out) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, trailer, len(out))
    )


def stream(about: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (about, len(data), data)


def page(content: bytes, resources: bytes = b"", *more: bytes, catalogue: bytes = b"", size: int = 842) -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<<%s>>>>" % (size, size, resources),
        content,
        *more,
    )


def zeros(megabytes: int) -> bytes:
    """A zlib stream of so many zeros, made at once: the same packed block again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(_MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    check = megabytes * _MB % 65521 << 16 | 1  # Adler-32 of zeros (RFC 1950)
    return b"\x78\xda" + block * megabytes + packer.flush() + struct.pack(">I", check)


def repeated(block: bytes, times: int) -> bytes:
    return zlib.compress(block * times, 9)


FLATE = b"/Filter/FlateDecode"
FONT = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
TEXT = repeated(b"BT /F 9 Tf (aaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n", 1_000_000)
RECTANGLES = zlib.compress(b"".join(b"%d %d 3 3 re f\n" % (n % 500, n // 500) for n in range(200_000)))
DEEP = b"[" * 200_000 + b"]" * 200_000


@cache
def bomb_in_a_bomb() -> bytes:
    """40 GB of zeros, packed twice: some kB."""
    return zlib.compress(zeros(40 * 1024), 9)


def _in_turn(about: bytes, content: bytes) -> Make:
    return lambda: page(stream(about, content), FONT)


def self_calling_object() -> bytes:
    form = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>", b"/X Do /X Do")
    return page(stream(b"", b"/X Do"), b"/XObject<</X 5 0 R>>", form)


def laughing_objects() -> bytes:
    """Each drawing the next ten times: a hundred million rectangles."""
    calls = [
        stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (n + 1), b"/X Do " * 10)
        for n in range(5, 13)
    ]
    last = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 1 1 re f")
    return page(stream(b"", b"/X Do"), b"/XObject<</X 5 0 R>>", *calls, last)


def page_loop() -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 1/Parent 2 0 R>>",
    )


def page_tree() -> bytes:
    """Two kids each, shared: 2 to the 30 pages in 33 objects."""
    kids = [b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 99>>" % (n + 1, n + 1) for n in range(2, 32)]
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", *kids, b"<</Type/Page/MediaBox[0 0 9 9]>>")


def many_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 100_003))
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 100000/Kids[%s]>>" % kids,
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * 100_000,
    )


def _fields(*fields: bytes) -> bytes:
    return page(stream(b"", b""), b"", *fields, catalogue=b"/AcroForm<</Fields[5 0 R]>>")


def field_loop() -> bytes:
    return _fields(b"<</T(a)/FT/Tx/Kids[6 0 R]>>", b"<</T(b)/Kids[5 0 R 6 0 R]>>")


def field_tree() -> bytes:
    """Two kids each, shared: 2 to the 40 ways down, and a parent that is its own child."""
    kids = [b"<</T(a)/FT/Tx/Parent %d 0 R/Kids[%d 0 R %d 0 R]>>" % (n, n + 1, n + 1) for n in range(5, 45)]
    return _fields(*kids, b"<</T(z)/V(x)/Parent 5 0 R>>")


def parent_loop() -> bytes:
    return _fields(b"<</T(a)/FT/Tx/Parent 6 0 R/Kids[6 0 R]>>", b"<</T(b)/V(x)/Parent 5 0 R>>")


def table_loop() -> bytes:
    """Each table of places says that the one before it is itself."""
    data = field_loop()
    at = data[data.rindex(b"startxref\n") :].split(b"\n")[1]
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %s" % at)


def length_loop() -> bytes:
    return page(b"<</Length 4 0 R>>\nstream\nBT ET\nendstream")


def huge_page() -> bytes:
    return page(stream(b"", b""), size=200_000)


def huge_picture() -> bytes:
    about = b"/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8" + FLATE
    drawn = stream(b"", b"q 500 0 0 500 0 0 cm /I Do Q")
    return page(drawn, b"/XObject<</I 5 0 R>>", stream(about, zeros(858)))


def huge_png() -> bytes:
    """Says that it has a hundred thousand points each way; some kB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zeros(100)) + chunk(b"IEND", b"")


def deep_object() -> bytes:
    objects = page(stream(b"", b""), b"", b"[" * 100_000 + b"]" * 100_000)
    return objects.replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 5 0 R")


def garbage() -> bytes:
    return b"%PDF-1.4\n" + random.Random(1).randbytes(200_000)


def empty() -> bytes:
    return b""


def zip_of(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def document_bomb() -> bytes:
    return zip_of(("word/document.xml", b"<a>" + b" " * (60 << 20) + b"</a>"))


def document_of_rows() -> bytes:
    """A million cells, a thousandfold packed: XML costs twenty times its size to hold."""
    space = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    rows = b"<w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>" * 400_000
    return zip_of(
        ("word/document.xml", b"<w:document %s><w:body><w:tbl>" % space + rows + b"</w:tbl></w:body></w:document>")
    )


def zip_bomb() -> bytes:
    return zip_of(*((f"{number}.bin", b"\1" * (8 << 20)) for number in range(5)))


def nested_zip() -> bytes:
    data = zip_of(("x.txt", b"x"))
    for _ in range(6):
        data = zip_of(("x.zip", data))
    return data


def zip_that_lies() -> bytes:
    """Says that 10 bytes are packed where there are 60 million."""
    data = bytearray(zip_of(("form.bin", b"\0" * (60 << 20))))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + offset
        data[start : start + 4] = struct.pack("<I", 10)
    return bytes(data)


def many_members() -> bytes:
    return zip_of(*((f"{number}.txt", b"x") for number in range(2000)))


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><d>&l11;</d>'
    return zip_of(("word/document.xml", xml.encode()))


def deep_xml() -> bytes:
    return zip_of(("word/document.xml", b"<a>" * 100_000 + b"</a>" * 100_000))


def cut_zip() -> bytes:
    return DOCX[: len(DOCX) // 2]


def odt_bomb() -> bytes:
    return zip_of(
        ("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a>" + b" " * (60 << 20) + b"</a>")
    )


def deep_rtf() -> bytes:
    return b"{\\rtf1 " + b"{\\b " * 200_000 + b"x" + b"}" * 200_000 + b"}"


def long_rtf() -> bytes:
    return b"{\\rtf1 " + b"\\trowd a\\cell b\\cell\\row " * 300_000 + b"}"


FILLED = fill_pdf(PDF, PLAIN)


@cache
def _printed() -> bytes:
    return pdfium(FILLED)


def _poisoned(data: Callable[[], bytes], poison: Callable[[pikepdf.Pdf], None]) -> Make:
    # kept as packed as they are: unpacking 40 GB to pack it anew takes a while
    as_packed = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
    return lambda: changed(data(), poison, **as_packed)


def _filled() -> bytes:
    return FILLED


def _content(content: bytes, *filters: Name) -> Callable[[pikepdf.Pdf], None]:
    """The first page's content, with this behind it."""

    def poison(document: pikepdf.Pdf) -> None:
        first = document.pages[0]
        more = Stream(document, b"")
        more.write(content, filter=Array(filters) if len(filters) > 1 else next(iter(filters), None))
        first.add_resource(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica), Name.Font, Name.F)
        old = first.obj.Contents
        first.obj.Contents = Array([*(old if isinstance(old, Array) else [old]), document.make_indirect(more)])

    return poison


def _self_call(document: pikepdf.Pdf) -> None:
    form = Stream(document, b"/X Do /X Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    form = document.make_indirect(form)
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    document.pages[0].add_resource(form, Name.XObject, Name.X)
    document.pages[0].contents_add(b"/X Do")


def _stretched(document: pikepdf.Pdf) -> None:
    for one in document.pages:
        one.obj.MediaBox = Array([0, 0, 200_000, 200_000])


def _picture(document: pikepdf.Pdf) -> None:
    one = Stream(document, b"", Type=Name.XObject, Subtype=Name.Image, Width=30_000, Height=30_000, BitsPerComponent=8)
    one.ColorSpace = Name.DeviceGray
    one.write(zeros(858), filter=Name.FlateDecode)
    document.pages[0].add_resource(document.make_indirect(one), Name.XObject, Name.I)
    document.pages[0].contents_add(b"q 500 0 0 500 0 0 cm /I Do Q")


def _ring(document: pikepdf.Pdf) -> None:
    """Every field a kid and a parent of a ring."""
    ring = document.make_indirect(Dictionary(FT=Name.Tx))
    ring.Kids, ring.Parent = Array([*document.Root.AcroForm.Fields, ring]), ring
    document.Root.AcroForm.Fields = Array([ring, ring])


POISONS: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "2 GB of zeros": _content(zeros(2048), Name.FlateDecode),
    "40 GB packed twice": _content(bomb_in_a_bomb(), Name.FlateDecode, Name.FlateDecode),
    "a million words": _content(TEXT, Name.FlateDecode),
    "deep arrays": _content(DEEP + b" TJ"),
    "200,000 rectangles": _content(RECTANGLES, Name.FlateDecode),
    "a self-calling object": _self_call,
    "huge pages": _stretched,
    "a huge picture": _picture,
}

#: Bombs that know nothing of our form.
BOMBS: dict[str, Make] = {
    "2 GB of zeros": _in_turn(FLATE, zeros(2048)),
    "40 GB packed twice": lambda: page(stream(b"/Filter[/FlateDecode/FlateDecode]", bomb_in_a_bomb()), FONT),
    "a million words": _in_turn(FLATE, TEXT),
    "deep arrays": _in_turn(b"", DEEP + b" TJ"),
    "200,000 rectangles": _in_turn(FLATE, RECTANGLES),
    **{
        make.__name__.replace("_", " "): make
        for make in (
            self_calling_object, laughing_objects, page_loop, page_tree, many_pages, field_loop, field_tree,
            parent_loop, table_loop, length_loop, huge_page, huge_picture, huge_png, deep_object, garbage, empty,
            document_bomb, document_of_rows, zip_bomb, nested_zip, zip_that_lies, many_members, billion_laughs,
            deep_xml, cut_zip, odt_bomb, deep_rtf, long_rtf,
        )
    },
}  # fmt: skip

#: Our own form, filled in and poisoned: with its fields, and printed.
POISONED: dict[str, Make] = {
    **{f"fields, {name}": _poisoned(_filled, poison) for name, poison in POISONS.items()},
    **{f"printed, {name}": _poisoned(_printed, poison) for name, poison in POISONS.items()},
    "fields in a ring": _poisoned(_filled, _ring),
    "XFA only": _poisoned(_filled, only_xfa),
    "the first half": lambda: FILLED[: len(FILLED) // 2],
    "locked": lambda: changed(FILLED, lambda _: None, encryption=pikepdf.Encryption(owner="o", user="u", R=6)),
}
