"""Figures follow acts: fold what acts have counted, judge what it touched, keep what changed.

One worker at a time judges, under the lock of the one `FiguresMark`; every other look is one small
statement where nothing is waiting. What the pages must hear is told afterwards (`telling`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from dashboards.indicators import Catalogue, Computed, Known, catalogue, compute
from dashboards.models import Episode, IndicatorValue
from dashboards.selectors import AreaTree, read_tree
from dashboards.selectors.limits import level_of
from dashboards.services.desks import tell_waiting
from dashboards.services.readings import keep_history
from dashboards.services.revisions import lock_mark
from dashboards.services.telling import tell_untold
from dashboards.states import (
    Row,
    Rule,
    Standing,
    at_level,
    judge,
    limits_at,
    missing_at,
    next_change,
)
from governance.lib.reference import one_revision, reference_revision
from workorders.services import drop_empty_stocks, drop_old_rollups, fold_deltas, follow_areas

FOLD_ROUNDS = 40
# Grids and workers change with posts, of which no delta tells.
FORCES_AGAIN = timedelta(seconds=60)
STORED = [
    "value", "numerator", "denominator", "state", "since", "observed_at", "computed_at",
    "yellow_turns_at", "red_turns_at", "look_at", "revision",
]  # fmt: skip
WAITING = """
SELECT EXISTS (SELECT 1 FROM workorders_delta)
    OR EXISTS (SELECT 1 FROM dashboards_indicatorvalue WHERE look_at <= %(at)s)
    OR NOT EXISTS (
        SELECT 1 FROM dashboards_figuresmark, reference_revision
        WHERE day = %(day)s AND reference_revision = reference_revision.value
    )
"""
# (area id, indicator code)
Pair = tuple[int, str]


def refresh_figures(*, at: datetime) -> int:
    """Bring all figures up to date and tell the pages; return how many deltas were folded.

    Safe to call at any time, by any number of workers; quick where nothing is waiting.
    """
    with one_revision():
        folded = _refresh(at) if _is_waiting(at) else 0
        tell_untold()
        tell_waiting()
    return folded


def look_again(*, pairs: Iterable[tuple[int, int]], at: datetime) -> None:
    """Have (area id, indicator id) judged at the next refresh: values came from outside.

    To be called in the transaction that stores them. It shares the lock of the mark: a judging that
    has not seen the values is over before this asks for another, so that the wish is not lost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM dashboards_figuresmark FOR KEY SHARE")
    rows = [
        IndicatorValue(
            area_id=area_id,
            indicator_id=indicator_id,
            numerator=0,
            state="no_data",
            since=at,
            computed_at=at,
            look_at=at,
        )
        for area_id, indicator_id in pairs
    ]
    IndicatorValue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area", "indicator"],
        update_fields=["look_at"],
    )


def _is_waiting(at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"at": at, "day": timezone.localdate(at)})
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _refresh(at: datetime) -> int:
    mark = lock_mark()
    folded, touched = _fold_all()
    known, tree, today = catalogue(), read_tree(), timezone.localdate(at)
    is_anew = (mark.day, mark.reference_revision) != (today, reference_revision())
    if is_anew:
        follow_areas(day=today)
        drop_old_rollups(day=today)
        drop_empty_stocks()
        _forget_retired(known, tree, at=at, revision=mark.revision + 1)
        pairs = _all_pairs(known, tree)
    else:
        pairs = _touched_pairs(known, tree, touched) | _due_pairs(known, at)
        pairs = _with_dependents(known, tree, pairs)
    mark.moved = sorted({*mark.moved, *(area_id for area_id, _ in touched)})
    mark.day, mark.reference_revision = today, reference_revision()
    mark.revision += 1
    _judge_all(Look(known, tree, at, mark.revision), pairs)
    mark.save()
    return folded


def _fold_all() -> tuple[int, set[tuple[int, str]]]:
    total, touched = 0, set[tuple[int, str]]()
    for _ in range(FOLD_ROUNDS):
        folded, pairs = fold_deltas()
        if folded == 0:
            break
        total += folded
        touched |= pairs
    return total, touched


def _all_pairs(known: Catalogue, tree: AreaTree) -> set[Pair]:
    return {
        (node.pk, code)
        for node in tree.judged()
        for code, one in known.known.items()
        if one.reaches(node)
    }


def _touched_pairs(
    known: Catalogue, tree: AreaTree, touched: Collection[tuple[int, str]]
) -> set[Pair]:
    """List what counts a measure that moved, in every area at or above where it moved."""
    measures: dict[int, set[str]] = {}
    for area_id, measure in touched:
        for node in tree.upward(area_id):
            measures.setdefault(node.pk, set()).add(measure)
    return {(pk, code) for pk, names in measures.items() for code in known.counting(names)}


def _due_pairs(known: Catalogue, at: datetime) -> set[Pair]:
    rows = IndicatorValue.objects.filter(look_at__lte=at).values_list("area_id", "indicator_id")
    return {(area_id, known.by_id[pk].row.code) for area_id, pk in rows if pk in known.by_id}


def _with_dependents(known: Catalogue, tree: AreaTree, pairs: Collection[Pair]) -> set[Pair]:
    codes: dict[int, set[str]] = {}
    for area_id, code in pairs:
        codes.setdefault(area_id, set()).add(code)
    return {
        (area_id, code)
        for area_id, some in codes.items()
        for code in known.with_dependents(some)
        if area_id in tree.nodes and known.known[code].reaches(tree.nodes[area_id])
    }


def _forget_retired(known: Catalogue, tree: AreaTree, *, at: datetime, revision: int) -> None:
    """Delete the values of indicators and areas that are out of use, and end their episodes."""
    live = {(area_id, known.known[code].row.pk) for area_id, code in _all_pairs(known, tree)}

    def retired(rows: QuerySet[Any]) -> list[int]:
        pairs = rows.values_list("pk", "area_id", "indicator_id")
        return [pk for pk, area_id, indicator_id in pairs if (area_id, indicator_id) not in live]

    if values := retired(IndicatorValue.objects.all()):
        IndicatorValue.objects.filter(pk__in=values).delete()
    if episodes := retired(Episode.objects.filter(ended_at__isnull=True)):
        Episode.objects.filter(pk__in=episodes).update(ended_at=at, revision=revision)


@dataclass(frozen=True)
class Look:
    """One judging: by which catalogue and tree, at which instant, under which revision."""

    known: Catalogue
    tree: AreaTree
    at: datetime
    revision: int


def _judge_all(look: Look, pairs: Collection[Pair]) -> None:
    """Compute and judge the pairs, store what differs, and put on record what it means."""
    wanted: dict[int, set[str]] = {}
    for area_id, code in pairs:
        wanted.setdefault(area_id, set()).add(code)
    if not wanted:
        return
    today = timezone.localdate(look.at)
    computed = compute(known=look.known, tree=look.tree, wanted=wanted, at=look.at, today=today)
    before = _values_before(look.known, wanted)
    moves = [
        Move(look.known.known[code], before.get(pair), _judged(look, pair, one, before.get(pair)))
        for pair, one in computed.items()
        for _, code in [pair]
    ]
    moves = [move for move in moves if move.is_any]
    IndicatorValue.objects.bulk_create(
        [move.after for move in moves],
        update_conflicts=True,
        unique_fields=["area", "indicator"],
        update_fields=STORED,
    )
    keep_history([(move.known.row, move.before, move.after) for move in moves], at=look.at)


@dataclass(frozen=True)
class Move:
    """A value before and after a look."""

    known: Known
    before: IndicatorValue | None
    after: IndicatorValue

    @property
    def is_any(self) -> bool:
        """Tell whether anything but the time of the computation differs."""
        names = [name for name in STORED if name not in ("computed_at", "revision", "observed_at")]
        if self.before is None:
            return True
        if self.known.interval and self.before.observed_at != self.after.observed_at:
            return True
        return any(getattr(self.before, name) != getattr(self.after, name) for name in names)


def _values_before(known: Catalogue, wanted: dict[int, set[str]]) -> dict[Pair, IndicatorValue]:
    ids = {known.known[code].row.pk for codes in wanted.values() for code in codes}
    rows = IndicatorValue.objects.filter(area_id__in=wanted, indicator_id__in=ids)
    return {
        (row.area_id, known.by_id[row.indicator_id].row.code): row
        for row in rows
        if row.indicator_id in known.by_id
    }


def _judged(
    look: Look, pair: Pair, computed: Computed, before: IndicatorValue | None
) -> IndicatorValue:
    """Judge one value; it is not stored yet."""
    known = look.known.known[pair[1]]
    level = level_of(area_level=look.tree.nodes[pair[0]].level)
    table = at_level(known.table, level)
    rule = rule_of(known, table, look.at)
    standing = judge(before=_standing(before), value=computed.result.value, rule=rule, at=look.at)
    return IndicatorValue(
        indicator=known.row,
        area_id=pair[0],
        value=computed.result.value,
        numerator=computed.result.numerator,
        denominator=computed.result.denominator,
        state=standing.state,
        since=standing.since,
        observed_at=computed.observed_at,
        computed_at=look.at,
        yellow_turns_at=standing.yellow_turns_at,
        red_turns_at=standing.red_turns_at,
        look_at=_look_at(known, table, standing, computed, look.at),
        revision=look.revision,
    )


def rule_of(known: Known, table: Sequence[Row], at: datetime) -> Rule:
    """Give the rule by which an indicator is judged at an instant, by its rows for the level."""
    return Rule(
        direction=known.row.direction,
        limits=limits_at(table, timezone.localtime(at)),
        hysteresis=known.row.hysteresis,
        minimum=timedelta(seconds=known.row.minimum_seconds),
    )


def _standing(before: IndicatorValue | None) -> Standing | None:
    if before is None:
        return None
    return replace(
        Standing(before.state, before.since),  # type: ignore[arg-type]
        yellow_turns_at=before.yellow_turns_at,
        red_turns_at=before.red_turns_at,
    )


def _look_at(
    known: Known, table: Sequence[Row], standing: Standing, computed: Computed, at: datetime
) -> datetime | None:
    """Give the next instant at which the state may change although no act or report comes."""
    instants = [
        standing.yellow_turns_at,
        standing.red_turns_at,
        next_change(table, timezone.localtime(at)),
        at + FORCES_AGAIN if known.asks_for_forces else None,
    ]
    if computed.result.value is not None:
        instants.append(missing_at(observed_at=computed.observed_at, interval=known.interval))
    return min(filter(None, instants), default=None)
