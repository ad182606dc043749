"""The map of the console: the queue's open orders on the ground, and who is on duty there."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.enums import Right
from grids.selectors.outlines import visible_bounds
from workorders.models import WorkOrder
from workorders.selectors.queues import VIEWS, views_for
from workorders.selectors.suggestions import filter_choices
from workorders.selectors.tiles import count_places
from workorders.services import Actor
from workorders.views.console import viewer
from workorders.views.console_context import frame, page_actor
from workorders.views.console_queue import narrowing, read_filters, read_queue

# What is ended is on no map.
OFF_THE_MAP = ("ended", "merged")
WHOLE = "open"


@require_safe
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the map with its list; view and filters come from the address, as in the queue."""
    actor = page_actor(request)
    context: dict[str, Any] = frame(request, actor)
    if not actor.scope.has_anywhere(Right.VIEW_ORDERS):
        return render(request, "console/no_rights.html", context, status=403)
    offered = [view for view in views_for(scope=actor.scope) if view.key not in OFF_THE_MAP]
    context |= {
        "page": "map",
        **_shown(request, actor, context["now"]),
        "views": offered,
        "choices": filter_choices(scope=actor.scope),
        "bounds": visible_bounds(scope=actor.scope),
        "sees_positions": actor.scope.has_anywhere(Right.VIEW_POSITIONS),
    }
    return render(request, "console/map.html", context)


@require_safe
@login_required
@never_cache
def orders(request: HttpRequest) -> HttpResponse:
    """Answer the list beside the map anew."""
    context = _shown(request, viewer(request), timezone.now())
    return render(request, "console/_map_list.html", context)


def _shown(request: HttpRequest, actor: Actor, at: datetime) -> dict[str, Any]:
    params = map_query(request.GET)
    queue = read_queue(params=params, actor=actor, at=at)
    narrow, _ = narrowing(view=queue.view, filters=read_filters(params), actor=actor, at=at)
    counts = count_places(narrow(WorkOrder.objects.visible_to(actor.scope)))
    return {"queue": queue, "counts": counts, "number": ""}


def map_query(params: QueryDict) -> QueryDict:
    """Read the queue's address as the map's: every open order unless a view of such is named."""
    asked = params.copy()
    asked.pop("cursor", None)
    known = {view.key for view in VIEWS} - {*OFF_THE_MAP}
    if asked.get("view") not in known:
        asked["view"] = WHOLE
    return asked
