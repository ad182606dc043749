"""What the knowledge base says to a question, and what it no longer says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce, Concat

from accounts.enums import Right
from governance.lib.errors import InvalidError, NotFoundError
from grids.selectors import Scope
from workorders.enums import KnowledgeState
from workorders.models import KnowledgeEntry, OutdatedMark
from workorders.selectors.pieces import holds_all, holds_any, pieces_of, plain, stand_in, wanted_of

ASKED_LENGTH = 200  # characters of a caller's text that are compared
WEIGHED = 40  # the most alike entries, by the database's measure
SHOWN = 5
LISTED = 50
LIKE_ENOUGH = 0.3
SAME_CATEGORY = 0.15  # what the same category adds to the likeness
# How questions are asked says nothing of what they are about.
ASKING = frozenset(
    ("怎么", "么办", "怎样", "什么", "么时", "时候", "哪里", "多久", "多少", "可以", "请问", "咨询",
     "一下", "办理")
)  # fmt: skip
DOUBTED = 0.1  # what readers' marks take from it


@dataclass(frozen=True)
class Found:
    """Entries that hold, the best first, and apart from them those that have expired."""

    current: Sequence[KnowledgeEntry] = field(default_factory=list)
    expired: Sequence[KnowledgeEntry] = field(default_factory=list)


def readable_entries(*, scope: Scope) -> QuerySet[Any]:
    """Give the published entries to those who view orders anywhere, with their open marks."""
    entries = KnowledgeEntry.objects.filter(state=KnowledgeState.PUBLISHED)
    if not scope.has_anywhere(Right.VIEW_ORDERS):
        entries = entries.none()
    # Counted for the rows that are shown, where a join would group all that match.
    marks = OutdatedMark.objects.filter(entry=OuterRef("pk"), settled_at__isnull=True).order_by()
    doubts = Subquery(marks.values("entry").annotate(number=Count("pk")).values("number"))
    entries = entries.select_related("department", "category").defer("grams")
    return entries.annotate(doubts=Coalesce(doubts, 0))


def readable_entry(*, pk: int, scope: Scope) -> KnowledgeEntry:
    """Read one entry; raise NotFoundError for one that is not published, or not for this person."""
    entry = readable_entries(scope=scope).filter(pk=pk).first()
    if entry is None:
        raise NotFoundError("没有这条问答，或它已停用。")
    return entry


def quotable_entry(*, pk: int, scope: Scope, on: date) -> KnowledgeEntry:
    """Find the entry that an answer is taken from; an expired one answers nobody."""
    entry = readable_entries(scope=scope).filter(pk=pk).first()
    if entry is None:
        raise InvalidError(fields={"entry": ["这条问答已停用，请另选"]})
    if entry.is_expired(on):
        raise InvalidError(fields={"entry": ["这条问答已过期，不能用来直接答复"]})
    return entry


def search_entries(*, words: str, scope: Scope, on: date) -> Found:
    """Find the entries with all of these words, those that ask it first; all for no words."""
    entries = readable_entries(scope=scope)
    wanted = wanted_of(words)
    if wanted is not None:
        entries = entries.filter(holds_all("grams", wanted.pieces))
        # A word that is one piece stands there as a whole wherever the piece is.
        if not set(wanted.words) <= set(wanted.pieces):
            both = Concat("question", Value(" "), "answer", output_field=TextField())
            entries = entries.alias(plain=plain(both)).filter(*stand_in("plain", wanted))
    elif words.strip():
        entries = entries.none()
    asked = _asked_words(wanted.words if wanted else ())
    rows = list(entries.annotate(asked=asked).order_by("-asked", "question", "pk")[:LISTED])
    rows.sort(key=lambda row: (-row.asked, row.doubts))
    return _apart(rows, on)


def _asked_words(words: Sequence[str]) -> Combinable:
    """Count the words that stand in the question itself."""
    count: Combinable = Value(0)
    for word in words:
        count += Case(When(question__icontains=word, then=1), default=0)
    return count


def like_entries(*, text: str, category_id: int | None, scope: Scope, on: date) -> Found:
    """Find the entries whose question is most contained in what a caller says."""
    asked = _telling(text[:ASKED_LENGTH])
    if not asked:
        return Found()
    rank = SearchRank(F("grams"), RawSQL("%s::tsquery", (" | ".join(f"'{p}'" for p in asked),)))
    near = readable_entries(scope=scope).filter(holds_any("grams", asked))
    rows = near.annotate(rank=rank).order_by("-rank", "pk")[:WEIGHED]
    weighed = [(_likeness(row, set(asked), category_id), row) for row in rows]
    likely = [(share, row) for share, row in weighed if share >= LIKE_ENOUGH]
    likely.sort(key=lambda pair: pair[0], reverse=True)
    found = _apart([row for _, row in likely], on)
    return Found(found.current[:SHOWN], found.expired[:SHOWN])


def _likeness(row: KnowledgeEntry, asked: set[str], category_id: int | None) -> float:
    """Tell how much of the question the text holds, and a little of how much the answer does."""
    question, answer = set(_telling(row.question)), set(_telling(row.answer))
    share = len(question & asked) / max(1, len(question))
    share += 0.5 * len((answer | question) & asked) / len(asked)
    share += SAME_CATEGORY * (category_id is not None and row.category_id == category_id)
    return share - DOUBTED * bool(row.doubts)  # type: ignore[attr-defined]


def _telling(text: str) -> tuple[str, ...]:
    return tuple(piece for piece in pieces_of(text) if piece not in ASKING)


def _apart(rows: Iterable[KnowledgeEntry], on: date) -> Found:
    rows = list(rows)
    return Found(
        [row for row in rows if not row.is_expired(on)], [row for row in rows if row.is_expired(on)]
    )
