"""Episodes of yellow and red: which are open, and which still ask to be acknowledged.

An area's own people see all of its episodes; those of the areas above see its alarms.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dashboards.models import Episode
from dashboards.selectors.tree import read_tree
from grids.models import Area

# An alarm that ended unseen stays on the wall for so long.
REMEMBERED = timedelta(hours=12)
IS_ALARM = Q(red_at__isnull=False, acknowledged_at__isnull=True)


def concerns(*, area_id: int) -> Q:
    """Give the condition of an area's episodes and of the unacknowledged alarms beneath it."""
    tree = read_tree()
    below = {node.pk for node in tree.downward(area_id) if node.is_active} - {area_id}
    judged = [node.pk for node in tree.judged() if node.pk in below]
    return Q(area=area_id) | IS_ALARM & Q(area__in=judged)


def episodes_of(*, area: Area, at: datetime) -> list[dict[str, Any]]:
    """List what concerns an area: open, or ended without anybody's acknowledgement."""
    is_open = Q(ended_at__isnull=True)
    is_unseen = IS_ALARM & Q(ended_at__gt=at - REMEMBERED)
    episodes = Episode.objects.filter(
        is_open | is_unseen, concerns(area_id=area.pk), indicator__is_active=True
    )
    rows = episodes.select_related("indicator", "area", "order")
    rows = rows.order_by("red_at", "began_at", "pk")
    return [as_episode(row) for row in rows]


def as_episode(episode: Episode) -> dict[str, Any]:
    """Give what a screen says about an episode; `is_alarm` asks to be acknowledged."""
    return {
        "id": episode.pk,
        "code": episode.indicator.code,
        "name": episode.indicator.name,
        "area": {"code": episode.area.code, "name": episode.area.name},
        "began_at": episode.began_at,
        "red_at": episode.red_at,
        "ended_at": episode.ended_at,
        "is_alarm": episode.red_at is not None and episode.acknowledged_at is None,
        "acknowledged_at": episode.acknowledged_at,
        "acknowledged_by": episode.acknowledged_label,
        "order": episode.order.number if episode.order else "",
        "revision": episode.revision,
    }
