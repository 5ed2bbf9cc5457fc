"""A small language model that says how much a mail reads like a request for the form, in whatever words.

all-MiniLM-L6-v2 (Apache-2.0), a sentence encoder, taught further with the examples of tests/corpus/words by
scripts/learn_encoder, its weights in 8 bits. It runs here, in milliseconds; nothing of a mail leaves the machine.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import onnxruntime as ort

from mailbot.errors import UserError
from mailbot.wordpiece import WordPiece

#: tokens that are read of a mail and of its subject; of a longer mail the first two thirds and the last
_MOST, _OF_SUBJECT = 224, 40
#: characters at the beginning and at the end that are cut into tokens: more than are read
_CHARACTERS = 1_500


class Encoder:
    """The model of a configuration folder: `encoder.onnx`, and `encoder.txt`, the tokens that it knows."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError where a file is missing; they are opened when first asked."""
        self._model, vocabulary = folder / "encoder.onnx", folder / "encoder.txt"
        for path in (self._model, vocabulary):
            if not path.is_file():
                raise UserError(f"{path}: is missing; put it back, or make both anew with `make learn-encoder`")
        self._pieces = WordPiece(vocabulary)
        self.asks = lru_cache(maxsize=4)(self._asks)  # the kinds ask about the same mail, one after the other

    def _asks(self, subject: str, words: str) -> float:
        """The logarithm of the odds that it asks for the form: about -4 for surely not, 4 for surely."""
        row = np.array([tokens(self._pieces, subject, words)], dtype=np.int64)
        (found,) = self._session.run(None, {"tokens": row, "mask": np.ones_like(row)})
        return float(found[0])

    @cached_property
    def _session(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # the processors are for more than this
        return ort.InferenceSession(self._model, options, providers=["CPUExecutionProvider"])


def tokens(pieces: WordPiece, subject: str, words: str) -> list[int]:
    """The numbers that stand for a subject and new words, with the marks of the model around them."""
    start, end = pieces.number("[CLS]"), pieces.number("[SEP]")
    about = pieces.numbers(subject[:_CHARACTERS])[:_OF_SUBJECT]
    if len(words) > 2 * _CHARACTERS:
        words = f"{words[:_CHARACTERS]}\n{words[-_CHARACTERS:]}"
    said = pieces.numbers(words)
    room = _MOST - len(about) - 3
    if len(said) > room:
        first = room * 2 // 3
        said = [*said[:first], *said[first - room :]]
    return [start, *about, end, *said, end]
