"""Words cut into pieces that an index can hold: Chinese has no spaces.

The words of a text are cut into overlapping pieces, of two characters in Chinese and three in
digits and Latin letters, by the database's function `order_grams`. A word is found where all its
pieces are and it stands there as a whole.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan

# As in the migration that makes `order_grams`.
RUNS = re.compile(
    "[0-9a-z]+|[\u00c0-\u024f\u0370-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
WORDS_LIMIT = 8


class Normalize(Func):
    """Bring full-width forms and the like into one, as `order_grams` does."""

    template = "normalize(%(expressions)s, NFKC)"
    output_field = TextField()


class Holds(Func):
    """Tell whether pieces fulfil a query, which is taken as it is: it is not a language's."""

    template, arg_joiner = "%(expressions)s::tsquery", " @@ "
    output_field = BooleanField()


@dataclass(frozen=True)
class Wanted:
    """What a search asks for: the words as they are compared, and the pieces they must have."""

    words: tuple[str, ...]
    pieces: tuple[str, ...]


def wanted_of(words: str) -> Wanted | None:
    """Cut what was typed into words and pieces; None for a word that is nothing but signs."""
    asked = _plain_text(words).split()[:WORDS_LIMIT]
    runs = [RUNS.findall(word) for word in asked]
    if not asked or not all(runs):
        return None
    pieces = [piece for found in runs for run in found for piece in _pieces(run)]
    return Wanted(tuple(asked), tuple(dict.fromkeys(pieces)))


def pieces_of(text: str) -> tuple[str, ...]:
    """List the whole pieces of a text, each once, in its order."""
    runs = RUNS.findall(_plain_text(text))
    pieces = (piece for run in runs for piece in _pieces(run) if len(piece) == size_of(piece))
    return tuple(dict.fromkeys(pieces))


def size_of(run: str) -> int:
    return 3 if run[0].isascii() else 2


def holds_all(column: str, pieces: tuple[str, ...]) -> Holds:
    """Ask for all pieces; one that is too short is the beginning of another."""
    asked = [f"'{one}'" if len(one) == size_of(one) else f"'{one}':*" for one in pieces]
    return Holds(F(column), Value(" & ".join(asked)))


def holds_any(column: str, pieces: tuple[str, ...]) -> Holds:
    """Ask for any of some whole pieces."""
    return Holds(F(column), Value(" | ".join(f"'{one}'" for one in pieces)))


def plain(text: str | Combinable) -> Lower:
    """Give a column's text as words are compared with it."""
    return Lower(Normalize(F(text) if isinstance(text, str) else text))


def stand_in(column: str, wanted: Wanted) -> list[Q]:
    """Ask that each word stands in a plain text as a whole."""
    # A position, for the planner takes the usual comparison of texts for very rare.
    return [Q(GreaterThan(StrIndex(F(column), Value(word)), 0)) for word in wanted.words]


def _plain_text(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("\x00", "")).lower()


def _pieces(run: str) -> list[str]:
    size = size_of(run)
    return [run[at : at + size] for at in range(max(1, len(run) - size + 1))]
