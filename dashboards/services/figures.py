"""Figures follow acts: fold what acts have counted, judge what it touched, tell the walls."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from dashboards.indicators import value_of
from dashboards.models import Indicator, IndicatorValue
from dashboards.push import EVERYTHING, BusError, Message, figures_topic, publish
from dashboards.push.frames import figures_frame
from dashboards.selectors import AreaTree, Node, Tally, read_tallies, read_tree, roll_up
from dashboards.states import state_of
from grids.enums import AreaLevel
from workorders.models import Delta
from workorders.services import drop_empty_stocks, fold_deltas

logger = logging.getLogger(__name__)
LOCK = 7_254_001  # one folder at a time judges what it has folded
FOLD_ROUNDS = 40
RECOMPUTE_AFTER = timedelta(seconds=60)
KEPT = ["value", "numerator", "denominator", "state", "since", "computed_at"]


def refresh_figures(*, at: datetime) -> int:
    """Bring all figures up to date; return how many deltas were folded.

    Safe to call at any time, by any number of workers; quick where nothing is waiting.
    """
    if not (Delta.objects.exists() or _is_stale(at)):
        return 0
    with transaction.atomic():
        _wait_for_turn()
        folded, touched = _fold_all()
        if _is_stale(at):
            drop_empty_stocks()
        tree = read_tree()
        moved = {node.pk for pk in touched for node in tree.upward(pk)}
        moved |= _recompute(tree=tree, moved=moved, at=at)
    _tell(tree, moved)
    return folded


def _is_stale(at: datetime) -> bool:
    """Tell whether the day has changed, or values have not been looked at for a minute."""
    oldest = IndicatorValue.objects.aggregate(oldest=Min("computed_at"))["oldest"]
    if oldest is None:
        return Indicator.objects.filter(is_active=True).exists()
    is_of_today = timezone.localdate(oldest) == timezone.localdate(at)
    return not is_of_today or at - oldest > RECOMPUTE_AFTER


def _wait_for_turn() -> None:
    """Fold and judge in one transaction, one at a time: areas once folded are surely judged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _fold_all() -> tuple[int, set[int]]:
    total, touched = 0, set[int]()
    for _ in range(FOLD_ROUNDS):
        folded, areas = fold_deltas()
        if folded == 0:
            break
        total += folded
        touched.update(areas)
    return total, touched


def _recompute(*, tree: AreaTree, moved: Collection[int], at: datetime) -> set[int]:
    """Judge the districts and streets that moved, or all of them; return whose values changed."""
    is_stale = _is_stale(at)
    judged = [node for node in tree.judged() if is_stale or node.pk in moved]
    indicators = list(Indicator.objects.filter(is_active=True).order_by("position"))
    if not (judged and indicators):
        return set()
    roots = [node.pk for node in judged]
    tallies = read_tallies(day=timezone.localdate(at))
    totals = roll_up(tallies=tallies, tree=tree, roots=roots)
    before = {(row.area_id, row.indicator_id): row for row in _values(roots)}
    after = [
        judge(indicator=indicator, area=node, tally=totals[node.pk], at=at)
        for node in judged
        for indicator in indicators
    ]
    return _store(before, after)


def judge(*, indicator: Indicator, area: Node, tally: Tally, at: datetime) -> IndicatorValue:
    """Compute and judge one indicator of one area; the value is not stored yet."""
    result = value_of(indicator=indicator, tally=tally)
    return IndicatorValue(
        indicator=indicator,
        area_id=area.pk,
        value=result.value,
        numerator=result.numerator,
        denominator=result.denominator,
        state=state_of(
            value=result.value,
            direction=indicator.direction,
            yellow=indicator.yellow,
            red=indicator.red,
        ),
        since=at,
        computed_at=at,
    )


def _store(
    before: dict[tuple[int, int], IndicatorValue], after: Iterable[IndicatorValue]
) -> set[int]:
    """Store the values; one that keeps its state keeps the instant since when."""
    changed = set()
    rows = list(after)
    for row in rows:
        old = before.get((row.area_id, row.indicator_id))
        if old is not None and old.state == row.state:
            row.since = old.since
        if old is None or (old.value, old.state) != (row.value, row.state):
            changed.add(row.area_id)
    IndicatorValue.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["area", "indicator"], update_fields=KEPT
    )
    return changed


def _values(area_ids: Collection[int]) -> Iterable[IndicatorValue]:
    return IndicatorValue.objects.filter(area_id__in=area_ids)


def _tell(tree: AreaTree, moved: Collection[int]) -> None:
    """Tell the listeners of each area which areas at or beneath it have moved."""
    beneath: dict[int, list[str]] = {}
    for pk in sorted(moved):
        for node in tree.upward(pk):
            beneath.setdefault(node.pk, []).append(tree.nodes[pk].code)
    messages = [_message(tree.nodes[pk], codes) for pk, codes in beneath.items()]
    try:
        if messages:
            publish(messages)
    except BusError as error:
        logger.warning("walls not told, Redis is away: %s", error)


def _message(node: Node, codes: list[str]) -> Message:
    topics = [figures_topic(node.pk)]
    if node.level == AreaLevel.DISTRICT:
        topics.append(EVERYTHING)
    return Message(figures_frame(area_codes=codes), topics)
