"""Reading returned forms: bytes and a form definition in, answers with confidence out. No mail, no database, no network."""

from parsers.form import Field, Form, FormError
from parsers.reading import SURE, Answer, File, Problem, Reading

__all__ = ["SURE", "Answer", "Field", "File", "Form", "FormError", "Problem", "Reading"]
