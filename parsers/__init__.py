"""Reading returned forms: bytes and a form definition in, answers with confidence out; no mail or network."""

from parsers.form import Field, Form, FormError
from parsers.limits import Limits
from parsers.plain import MAIL_TEXT, may_hold_form
from parsers.reading import SURE, Answer, File, Problem, Reading
from parsers.sandbox import load_forms, read, sweep

__all__ = [
    "MAIL_TEXT", "SURE", "Answer", "Field", "File", "Form", "FormError", "Limits", "Problem", "Reading", "load_forms",
    "may_hold_form", "read",
    "sweep",
]  # fmt: skip
