"""A small language model that says how much a mail reads like a request for the form, in whatever words.

all-MiniLM-L6-v2 (Apache-2.0), a sentence encoder, taught further with the examples of tests/corpus/words by
scripts/learn_encoder, its weights in 8 bits. It runs here, in milliseconds; nothing of a mail leaves the machine.

Computed with numpy: one short text at a time is all there is to do, and a runtime for models would hold as much memory
again as the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mailbot.errors import UserError
from mailbot.wordpiece import WordPiece

#: tokens that are read of a mail and of its subject; of a longer mail the first two thirds and the last
MOST, _OF_SUBJECT = 224, 40
#: characters at the beginning and at the end that are cut into tokens: more than are read
_CHARACTERS = 1_500
_LAYERS, _HEADS = 6, 12
_NOTHING = 1e-12  # that keeps a division from being one by zero


class Encoder:
    """The model of a configuration folder: `encoder.npz`, and of each token in `encoder.txt` a row in `encoder.npy`."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError where a file is missing; they are opened when first asked."""
        self._model, self._words, vocabulary = (folder / f"encoder.{one}" for one in ("npz", "npy", "txt"))
        for path in (self._model, self._words, vocabulary):
            if not path.is_file():
                raise UserError(f"{path}: is missing; put it back, or make all three anew with `make learn-encoder`")
        self._pieces = WordPiece(vocabulary)
        self.asks = lru_cache(maxsize=4)(self._asks)  # the kinds ask about the same mail, one after the other

    def _asks(self, subject: str, words: str) -> float:
        """The logarithm of the odds that it asks for the form: about -4 for surely not, 4 for surely."""
        numbers, part = tokens(self._pieces, subject, words), self._parts
        seen = self._rows[numbers] * part["word.scale"][numbers] + part["place"][: len(numbers)]
        states = self._normal("norm", seen)
        for layer in range(_LAYERS):
            states = self._layer(f"{layer}.", states)
        return float(states.mean(axis=0) @ part["odds.weight"] + part["odds.bias"][0])

    def _layer(self, of: str, states: Any) -> Any:
        """What the tokens say to each other, and then what each makes of it (Devlin et al. 2018)."""
        heard = self._dense(f"{of}attention.output.dense", self._attention(f"{of}attention.self.", states))
        states = self._normal(f"{of}attention.output.LayerNorm", states + heard)
        made = self._dense(f"{of}output.dense", _gelu(self._dense(f"{of}intermediate.dense", states)))
        return self._normal(f"{of}output.LayerNorm", states + made)

    def _attention(self, of: str, states: Any) -> Any:
        import numpy as np  # noqa: PLC0415 - as below

        length, width = states.shape
        query, key, value = (
            self._dense(of + one, states).reshape(length, _HEADS, width // _HEADS).swapaxes(0, 1)
            for one in ("query", "key", "value")
        )
        near = query @ key.swapaxes(1, 2) / (width // _HEADS) ** 0.5
        shares = np.exp(near - near.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        return (shares @ value).swapaxes(0, 1).reshape(length, width)

    def _dense(self, of: str, states: Any) -> Any:
        part = self._parts
        weight = part[f"{of}.weight"]
        room = self._room[: weight.size].reshape(weight.shape)
        room[:] = weight
        return states @ room * part[f"{of}.scale"] + part[f"{of}.bias"]

    def _normal(self, of: str, states: Any) -> Any:
        spread = states - states.mean(axis=1, keepdims=True)
        even = spread / ((spread**2).mean(axis=1, keepdims=True) + _NOTHING) ** 0.5
        return even * self._parts[f"{of}.weight"] + self._parts[f"{of}.bias"]

    @cached_property
    def _room(self) -> Any:
        """Where the weights become numbers to multiply with, one matrix after the other: new memory would cost more."""
        import numpy as np  # noqa: PLC0415 - as below

        return np.empty(max(one.size for name, one in self._parts.items() if name.endswith(".weight")), np.float32)

    @cached_property
    def _rows(self) -> Any:
        """What each token means; most of them no mail has, and these are not read into memory."""
        import numpy as np  # noqa: PLC0415 - as below

        return np.load(self._words, mmap_mode="r")

    @cached_property
    def _parts(self) -> Mapping[str, Any]:
        import numpy as np  # noqa: PLC0415 - only the process that acts asks: the others need not hold it
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as above

        # Matrices this small gain nothing from more threads, which wait for each other where processors are busy
        # (twenty times as long was seen). By an environment variable it would not hold where numpy was loaded before.
        threadpool_limits(1, user_api="blas")
        with np.load(self._model) as file:
            return {name: file[name] for name in file.files}


def _gelu(found: Any) -> Any:
    """The Gaussian error linear unit, by its tanh (Hendrycks and Gimpel 2016)."""
    import numpy as np  # noqa: PLC0415 - as above

    return 0.5 * found * (1 + np.tanh(0.7978845608 * found * (1 + 0.044715 * found * found)))


def tokens(pieces: WordPiece, subject: str, words: str) -> list[int]:
    """The numbers that stand for a subject and new words, with the marks of the model around them."""
    start, end = pieces.number("[CLS]"), pieces.number("[SEP]")
    about = pieces.numbers(subject[:_CHARACTERS])[:_OF_SUBJECT]
    if len(words) > 2 * _CHARACTERS:
        words = f"{words[:_CHARACTERS]}\n{words[-_CHARACTERS:]}"
    said = pieces.numbers(words)
    room = MOST - len(about) - 3
    if len(said) > room:
        first = room * 2 // 3
        said = [*said[:first], *said[first - room :]]
    return [start, *about, end, *said, end]
