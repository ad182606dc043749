"""What a connection may hear, read from its credential and its person's posts."""

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.enums import Right
from accounts.models import User
from dashboards.push import (
    EVERYTHING,
    BusError,
    Granted,
    area_topic,
    department_topic,
    figures_topic,
    key_of,
    kind_of,
    order_topic,
    publish_rights,
    reports_topic,
    wall_topic,
)
from dashboards.services.displays import COOKIE, display_listener, display_of
from governance.lib.requests import connection_address
from grids.models import Area
from grids.selectors import Scope, place_of
from grids.services import current_scope
from workorders.models import WorkOrder

logger = logging.getLogger(__name__)
# The rights of which any one lets a person hear a topic of an area.
AREA_RIGHTS = {
    "area": (Right.VIEW_ORDERS,),
    "figures": (Right.VIEW_ORDERS, Right.VIEW_WALL),
    "wall": (Right.VIEW_WALL,),
}

DEPARTMENTAL = ("department", "reports")


def read_topics(connection: Mapping[str, Any], asked: Collection[str] = ()) -> Granted | None:
    """Tell what a connection may hear of the topics asked for.

    None where nobody is signed in and no screen holds a pass. `connection` is the socket's ASGI
    scope, with its cookies and its address.
    """
    key = connection["cookies"].get(settings.SESSION_COOKIE_NAME)
    user = _person(SessionStore(key)) if key else None
    if user is None:
        return _of_display(connection, asked)
    scope = current_scope(user=user)
    mine = topics_for(scope=scope)
    return Granted(listener_of(user.pk), mine, _allowed(asked, mine=mine, scope=scope))


def _of_display(connection: Mapping[str, Any], asked: Collection[str]) -> Granted | None:
    """Let a screen hear the wall that its pass is for, and nothing else."""
    display = display_of(
        cookie=connection["cookies"].get(COOKIE),
        address=connection_address(connection),
        at=timezone.now(),
    )
    if display is None:
        return None
    area_id = display.wall.area_id
    mine = frozenset({wall_topic(area_id), figures_topic(area_id)})
    return Granted(display_listener(display.pk), mine, mine & frozenset(asked))


def topics_for(*, scope: Scope) -> frozenset[str]:
    """List what a scope hears unasked: orders it may view, figures of its areas, own reports."""
    if scope.sees_everything:
        return frozenset({EVERYTHING})
    areas = scope.area_ids(Right.VIEW_ORDERS)
    departments = scope.departments.get(Right.VIEW_ORDERS, frozenset())
    return frozenset(
        {
            *map(area_topic, areas),
            *map(department_topic, departments),
            *map(figures_topic, areas | scope.area_ids(Right.VIEW_WALL)),
            *map(reports_topic, scope.departments.get(Right.REPORT_VALUES, frozenset())),
        }
    )


def listener_of(user_id: int) -> str:
    return f"user:{user_id}"


def tell_rights_changed(*, user_ids: Iterable[int]) -> None:
    """Let the open pages of these people be looked at now instead of some seconds later."""
    try:
        publish_rights(listeners=[listener_of(user_id) for user_id in user_ids])
    except BusError as error:
        logger.warning("open pages not told of new rights, Redis is away: %s", error)


def _allowed(asked: Collection[str], *, mine: frozenset[str], scope: Scope) -> frozenset[str]:
    """Keep what may be heard of the topics that a page names."""
    others = frozenset(asked) - mine
    by_place = {topic for topic in others if kind_of(topic) in AREA_RIGHTS}
    numbers = [key_of(topic) for topic in others if kind_of(topic) == "order"]
    found = _of_places(by_place, scope)
    if numbers:
        visible = WorkOrder.objects.visible_to(scope).filter(number__in=numbers)
        found |= {order_topic(number) for number in visible.values_list("number", flat=True)}
    if scope.sees_everything:
        found |= {topic for topic in others if kind_of(topic) in DEPARTMENTAL}
    return frozenset(found | (mine & frozenset(asked)))


def _of_places(topics: Collection[str], scope: Scope) -> set[str]:
    """Keep the topics of areas at or beneath those on which a right is held."""
    if not topics:
        return set()
    areas = Area.objects.filter(is_active=True).select_related("parent__parent__parent")
    known = areas.in_bulk({int(key_of(topic)) for topic in topics})
    return {
        topic
        for topic in topics
        if (area := known.get(int(key_of(topic)))) is not None
        and any(scope.covers_place(right, place_of(area)) for right in AREA_RIGHTS[kind_of(topic)])
    }


def _person(session: SessionBase) -> User | None:
    """Find who is signed in; an ended session, a closed account or a new password ends it."""
    if BACKEND_SESSION_KEY not in session:
        return None
    user = User.objects.filter(pk=session[SESSION_KEY], is_active=True).first()
    if user is None:
        return None
    kept = str(session.get(HASH_SESSION_KEY, ""))
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(kept, known) for known in hashes) else None
