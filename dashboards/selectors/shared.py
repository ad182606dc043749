"""Answers that are the same for every screen of a wall, worked out once for each stand of things.

A thousand walls read again at the same hint; a process answers them all with one reading.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection

from dashboards.models import Wall
from governance.lib.reference import reference_revision

Content = TypeVar("Content")
# What moves with the clock alone (trends, duty, what is soon due) is read again after this long.
KEPT_FOR = timedelta(seconds=15)
# The figures' revision grows with whatever is folded, judged or acknowledged.
STAND = """
SELECT (SELECT revision FROM dashboards_figuresmark WHERE id = 1),
       (SELECT max(id) FROM workorders_event)
"""
_kept: dict[tuple[str, int], tuple[tuple[Any, ...], datetime, Any]] = {}


def shared(*, kind: str, wall: Wall, at: datetime, read: Callable[[], Content]) -> Content:
    """Give what `read` gives, from memory while nothing of it can have changed; never change it."""
    stand = _stand(wall)
    found = _kept.get((kind, wall.pk))
    if found is not None and found[0] == stand and found[1] <= at < found[1] + KEPT_FOR:
        kept: Content = found[2]
        return kept
    content = read()
    _kept[kind, wall.pk] = (stand, at, content)
    return content


def _stand(wall: Wall) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(STAND)
        revision, event = cursor.fetchone()
    return reference_revision(), revision, event, wall.title, wall.variant, str(wall.tiles)
