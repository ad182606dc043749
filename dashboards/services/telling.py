"""Telling the pages what the figures have come to, however often it takes.

What was stored and not yet told has a higher revision than the mark remembers. Values in frames are
absolute, so that telling twice does no harm, and a worker that dies between storing and telling
leaves the rest to the next look.
"""

import logging
from collections.abc import Iterable
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from dashboards.models import Episode, IndicatorValue
from dashboards.push import (
    EVERYTHING,
    BusError,
    Message,
    figures_topic,
    key_of,
    publish,
    register_snapshot,
    wall_topic,
)
from dashboards.push.frames import Frame, alarms_frame, figures_frame, values_frame
from dashboards.selectors import AreaTree, read_tree
from dashboards.selectors.standing import (
    alarm_row,
    standing_index,
    standing_of,
    value_row,
)
from dashboards.services.revisions import lock_mark
from grids.enums import AreaLevel

logger = logging.getLogger(__name__)
Row = TypeVar("Row", IndicatorValue, Episode)
UNTOLD = "SELECT revision > told_revision FROM dashboards_figuresmark WHERE id = 1"


def tell_untold() -> bool:
    """Tell what is not told yet; False where Redis is away, and the next look tries again."""
    with connection.cursor() as cursor:
        cursor.execute(UNTOLD)
        row = cursor.fetchone()
    if row is None or not row[0]:
        return True
    try:
        _tell()
    except BusError as error:
        logger.warning("walls not told, Redis is away: %s", error)
        return False
    return True


@transaction.atomic
def _tell() -> None:
    """Tell one after the other, so that what is newer is never told before what is older."""
    mark = lock_mark()
    values = _by_area(_untold_values(mark.told_revision))
    episodes = _by_area(_untold_episodes(mark.told_revision))
    tree = read_tree()
    touched = {*mark.moved, *values, *episodes}
    messages = [_hint(tree, pk, codes) for pk, codes in _beneath(tree, touched).items()]
    messages += [_values(pk, rows, mark.revision) for pk, rows in values.items()]
    messages += [_alarms(tree, pk, rows, mark.revision) for pk, rows in episodes.items()]
    publish(messages)
    mark.told_revision, mark.moved = mark.revision, []
    mark.save(update_fields=["told_revision", "moved"])


def _untold_values(told: int) -> QuerySet[IndicatorValue]:
    rows = IndicatorValue.objects.filter(revision__gt=told).select_related("indicator")
    return rows.order_by("indicator__position", "indicator_id")


def _untold_episodes(told: int) -> QuerySet[Episode]:
    return Episode.objects.filter(revision__gt=told).select_related("indicator", "area", "order")


def _by_area(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.area_id, []).append(row)
    return found


def _values(area_id: int, rows: list[IndicatorValue], revision: int) -> Message:
    """Give an area's changed values; the index goes along where a vital sign is among them."""
    has_sign = any(row.indicator.domain for row in rows)
    index = standing_index(area_id=area_id) if has_sign else None
    frame = values_frame(revision=revision, rows=[value_row(row) for row in rows], index=index)
    return Message(frame, [wall_topic(area_id)])


def _alarms(tree: AreaTree, area_id: int, rows: list[Episode], revision: int) -> Message:
    """Give an area's episodes to its wall and to those of the areas above it."""
    frame = alarms_frame(revision=revision, alarms=[alarm_row(row) for row in rows])
    return Message(frame, [wall_topic(node.pk) for node in tree.upward(area_id)])


def _beneath(tree: AreaTree, moved: Iterable[int]) -> dict[int, list[str]]:
    """List, for each area, the areas at or beneath it that have moved."""
    beneath: dict[int, list[str]] = {}
    for pk in sorted(moved):
        for node in tree.upward(pk):
            beneath.setdefault(node.pk, []).append(tree.nodes[pk].code)
    return beneath


def _hint(tree: AreaTree, pk: int, codes: list[str]) -> Message:
    topics = [figures_topic(pk)]
    if tree.nodes[pk].level == AreaLevel.DISTRICT:
        topics.append(EVERYTHING)
    return Message(figures_frame(area_codes=codes), topics)


def _standing(topic: str) -> Frame:
    return standing_of(area_id=int(key_of(topic)))


register_snapshot("wall", _standing)
