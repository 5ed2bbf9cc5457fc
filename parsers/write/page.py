"""The form as HTML for the PDF: each control is an input with its name, a choice one input per option."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from parsers.form import Field, Form
from parsers.write.controls import Control, of_field

#: Between a choice and its option in the name of an input; `finish` joins such inputs to one group.
OF_CHOICE = "="

# Inputs have a font of their own, or a page font would be embedded whole. Sizes keep the form to 8 pages.
_STYLE = """
@page { size: A4; margin: 28mm 16mm 15mm;
  @top-left { content: "%(head)s"; font: 8.5pt "Liberation Sans"; color: #425563; vertical-align: bottom;
    padding: 0 0 6mm 4mm; white-space: pre-line }
  @bottom-left { content: "%(foot)s"; font: 8.5pt "Liberation Sans"; color: #425563; padding-left: 4mm }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8.5pt "Liberation Sans";
    color: #425563; padding-right: 4mm } }
html { font: 10.5pt/1.3 "Liberation Sans"; color: #212b32 }
h1 { font-size: 21pt; line-height: 1.15; margin: 0 0 1mm; color: #003b6f }
.service { font-size: 12pt; margin: 0 0 3mm; color: #003b6f }
h2 { font-size: 13pt; margin: 5mm 0 3mm; padding-bottom: 1mm; color: #003b6f; break-after: avoid;
  border-bottom: 1.5pt solid #003b6f }
.urgent { border: 1.5pt solid #212b32; border-left-width: 6pt; padding: 2mm 4mm; margin: 0 0 3mm;
  font-weight: bold }
.intro { background: #eef3f7; border-left: 3pt solid #003b6f; padding: 2.5mm 4mm .5mm; margin-bottom: 3mm }
.intro p { margin: 0 0 2mm; font-size: 10pt }
.question { break-inside: avoid; margin: 0 0 3mm }
.half { display: inline-block; width: 48.5%%; vertical-align: bottom; box-sizing: border-box }
.half + .half { margin-left: 3%% }
.label { font-weight: bold; margin: 0; display: block }
.help { font-size: 9pt; color: #425563; margin: 0 }
.beside { font-size: 9.5pt; margin: 1.2mm 0 0; display: block }
input, textarea { appearance: auto; font: 10pt "DejaVu Sans"; box-sizing: border-box; padding: 0; margin: 0;
  border: .9pt solid #4c6272 }
input[type=text], textarea { display: block; width: 100%%; margin-top: .8mm }
input[type=text] { height: 7mm }
input[type=checkbox] { display: inline-block; width: 4.2mm; height: 4.2mm; border: 1pt solid #212b32;
  vertical-align: -.9mm; margin-right: 1.6mm }
input.one { border-radius: 50%% }
.options { display: grid; margin-top: 1mm; row-gap: .9mm; column-gap: 3mm }
.options > div { padding-left: 6mm; text-indent: -6mm }
.one-column { grid-template-columns: 1fr } .two-column { grid-template-columns: 1fr 1fr }
.three-column { grid-template-columns: 1fr 1fr 1fr } .four-column { grid-template-columns: 1fr 1fr 1fr 1fr }
table { border-collapse: collapse; width: 100%%; margin-top: 1mm }
th, td { border-bottom: .5pt solid #aeb7bd; padding: 1.1mm 1mm; text-align: center; font-weight: normal }
thead th { font-size: 9.5pt; font-weight: bold; border-bottom: 1pt solid #4c6272 }
tbody th, thead th:first-child { text-align: left } td, thead th + th { width: 22mm } td input { margin: 0 }
"""


def html(form: Form) -> str:
    """The whole form as one HTML document for WeasyPrint."""
    body = "".join(_section(heading, fields) for heading, fields in form.sections())
    intro = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in form.intro)
    return (
        f'<!doctype html><html lang="en-GB"><head><title>{escape(_title(form))}</title>'
        f'<meta name="author" content="{escape(form.service)}"><style>{_style(form)}</style></head>'
        f'<body><form><h1>{escape(form.title)}</h1><p class="service">{escape(form.service)}</p>'
        f'<p class="urgent">{escape(form.urgent)}</p><div class="intro">{intro}</div>'
        f"{body}</form></body></html>"
    )


def _title(form: Form) -> str:
    return f"{form.title}, {form.service}"


def _style(form: Form) -> str:
    head = f"{form.title}\\a Return to {form.return_to}"
    return _STYLE % {"head": _css(head), "foot": _css(f"{form.title}, version {form.version}")}


def _css(words: str) -> str:
    return words.replace('"', '\\"')


def _section(heading: str, fields: tuple[Field, ...]) -> str:
    questions = "".join(f'<div class="question">{row}</div>' for row in _in_rows(fields))
    return f"<section><h2>{escape(heading)}</h2>{questions}</section>"


def _in_rows(fields: tuple[Field, ...]) -> Iterator[str]:
    """The questions, with two halves that follow each other on one row."""
    waiting: Field | None = None
    for field in fields:
        if waiting and field.half:
            yield _halves(_question(waiting), _question(field))
            waiting = None
            continue
        if waiting:
            yield _halves(_question(waiting))
        waiting = field if field.half else None
        if not field.half:
            yield _question(field)
    if waiting:
        yield _halves(_question(waiting))


def _halves(*parts: str) -> str:
    return "".join(f'<div class="half">{part}</div>' for part in parts)


def _question(field: Field) -> str:
    controls = of_field(field)
    if field.type == "check+name+date":
        box, name, date = controls
        return f"{_tick(box)}{_help(field)}{_halves(_beside(name), _beside(date))}"
    if field.has_text:
        *boxes, text = controls
        return f"{_asked(field)}{_boxes(field, boxes)}{_beside(text)}"
    return f"{_asked(field)}{_boxes(field, list(controls))}"


def _asked(field: Field) -> str:
    words = escape(field.label)
    if field.options:
        return f'<p class="label">{words}</p>{_help(field)}'
    return f'<label class="label" for="{field.id}">{words}</label>{_help(field)}'


def _help(field: Field) -> str:
    return f'<p class="help">{escape(field.help)}</p>' if field.help else ""


def _boxes(field: Field, controls: list[Control]) -> str:
    if field.rows:
        return _matrix(field, controls)
    if controls[0].kind == "tick":
        return _options([(control.name, control.label, "many") for control in controls])
    if controls[0].kind == "choice":
        name = controls[0].name
        return _options([(f"{name}{OF_CHOICE}{option}", label, "one") for option, label in field.options])
    return _writing(controls[0])


def _options(inputs: list[tuple[str, str, str]]) -> str:
    cells = "".join(
        f'<div>{_box(name, kind)}<label for="{name}">{escape(words)}</label></div>' for name, words, kind in inputs
    )
    return f'<div class="options {_columns([words for _, words, _ in inputs])}-column">{cells}</div>'


def _columns(labels: list[str]) -> str:
    """As many columns as the longest label leaves room for."""
    longest = max(map(len, labels))
    return "four" if longest <= 14 else "three" if longest <= 30 and len(labels) > 2 else "two"


def _box(name: str, kind: str) -> str:
    return f'<input type="checkbox" class="{kind}" id="{name}" name="{name}" value="Yes">'


def _matrix(field: Field, rows: list[Control]) -> str:
    head = "".join(f'<th scope="col">{escape(label)}</th>' for _, label in field.options)
    body = "".join(
        f'<tr><th scope="row">{escape(row.label)}</th>'
        + "".join(f"<td>{_box(f'{row.name}{OF_CHOICE}{option}', 'one')}</td>" for option, _ in field.options)
        + "</tr>"
        for row in rows
    )
    return f'<table><thead><tr><th scope="col">Sign</th>{head}</tr></thead><tbody>{body}</tbody></table>'


def _tick(control: Control) -> str:
    label = f'<label for="{control.name}">{escape(control.label)}</label>'
    return f'<p class="label">{_box(control.name, "many")}{label}</p>'


def _beside(control: Control) -> str:
    return f'<label class="beside" for="{control.name}">{escape(control.label)}</label>{_writing(control)}'


def _writing(control: Control) -> str:
    if control.kind == "line":
        return f'<input type="text" id="{control.name}" name="{control.name}">'
    height = 2.5 + 4.6 * control.lines
    return f'<textarea id="{control.name}" name="{control.name}" style="height: {height:.1f}mm"></textarea>'
