"""Episodes of yellow and red: which are open, and which still ask to be acknowledged."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dashboards.models import Episode
from grids.models import Area

# An alarm that ended unseen stays on the wall for so long.
REMEMBERED = timedelta(hours=12)


def episodes_of(*, area: Area, at: datetime) -> list[dict[str, Any]]:
    """List the open episodes of an area, and the ended ones that nobody has acknowledged."""
    is_open = Q(ended_at__isnull=True)
    is_unseen = Q(red_at__isnull=False, acknowledged_at__isnull=True, ended_at__gt=at - REMEMBERED)
    episodes = Episode.objects.filter(is_open | is_unseen, area=area, indicator__is_active=True)
    rows = episodes.select_related("indicator", "order").order_by("red_at", "began_at", "pk")
    return [as_episode(row) for row in rows]


def as_episode(episode: Episode) -> dict[str, Any]:
    """Give what a screen says about an episode; `is_alarm` asks to be acknowledged."""
    return {
        "id": episode.pk,
        "code": episode.indicator.code,
        "name": episode.indicator.name,
        "began_at": episode.began_at,
        "red_at": episode.red_at,
        "ended_at": episode.ended_at,
        "is_alarm": episode.red_at is not None and episode.acknowledged_at is None,
        "acknowledged_at": episode.acknowledged_at,
        "acknowledged_by": episode.acknowledged_label,
        "order": episode.order.number if episode.order else "",
        "revision": episode.revision,
    }
