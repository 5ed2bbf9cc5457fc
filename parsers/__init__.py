"""Reading returned forms: bytes and a form definition in, answers with confidence out; no mail or network."""

from parsers.door import load_forms, pictures, read
from parsers.form import Field, Form, FormError
from parsers.frames import COLOURS
from parsers.limits import Limits
from parsers.plain import MAIL_TEXT, may_hold_form
from parsers.reading import SURE, Answer, File, Problem, Reading
from parsers.sandbox import sweep

__all__ = [
    "COLOURS", "MAIL_TEXT", "SURE", "Answer", "Field", "File", "Form", "FormError", "Limits", "Problem", "Reading",
    "load_forms", "may_hold_form", "pictures", "read", "sweep",
]  # fmt: skip
