"""Telling the pages what the figures have come to, however often it takes.

What was stored and not yet told has a higher revision than the mark remembers. Values in frames are
absolute, so that telling twice does no harm, and a worker that dies between storing and telling
leaves the rest to the next look.
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from dashboards.models import Episode, FiguresMark, IndicatorValue
from dashboards.push import EVERYTHING, BusError, Message, figures_topic, publish
from dashboards.push.frames import figures_frame
from dashboards.selectors import AreaTree, read_tree
from grids.enums import AreaLevel

logger = logging.getLogger(__name__)
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
    mark = FiguresMark.objects.select_for_update().get(pk=1)
    moved: dict[int, list[dict[str, Any]]] = {}
    for row in _untold_values(mark.told_revision):
        moved.setdefault(row.area_id, []).append(as_row(row))
    episodes = Episode.objects.filter(revision__gt=mark.told_revision)
    touched = {*mark.moved, *moved, *episodes.values_list("area_id", flat=True)}
    tree = read_tree()
    publish([_hint(tree, pk, codes) for pk, codes in _beneath(tree, touched).items()])
    mark.told_revision, mark.moved = mark.revision, []
    mark.save(update_fields=["told_revision", "moved"])


def _untold_values(told: int) -> Iterable[IndicatorValue]:
    rows = IndicatorValue.objects.filter(revision__gt=told).select_related("indicator")
    return rows.order_by("indicator__position", "indicator_id")


def as_row(value: IndicatorValue) -> dict[str, Any]:
    """Give what a page needs to show a value anew."""
    return {
        "code": value.indicator.code,
        "value": value.value,
        "state": value.state,
        "since": value.since.isoformat(),
        "observed_at": value.observed_at.isoformat() if value.observed_at else None,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "revision": value.revision,
    }


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
