"""Reading returned forms: bytes and a form definition in, answers with confidence out; no mail or network."""

from parsers.form import Field, Form, FormError
from parsers.limits import Limits
from parsers.reading import SURE, Answer, File, Problem, Reading
from parsers.sandbox import read

__all__ = ["SURE", "Answer", "Field", "File", "Form", "FormError", "Limits", "Problem", "Reading", "read"]
