"""The desk of those who watch: what needs a hand, by holder and person, and the worst of it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.lib.errors import NotFoundError
from workorders.selectors.queues import BY_DUE, choose_view, view_orders, with_row_parts
from workorders.selectors.supervision import may_watch, supervision_desk
from workorders.views.console_context import frame, page_actor
from workorders.views.console_queue import rows_of

WORST = 12


@require_safe
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show what needs a hand within one's scope; each figure leads to its orders in the queue."""
    actor = page_actor(request)
    if not may_watch(scope=actor.scope):
        raise NotFoundError()
    context: dict[str, Any] = frame(request, actor)
    at = context["now"]
    late = view_orders(view=choose_view(key="late", scope=actor.scope), scope=actor.scope, at=at)
    worst = with_row_parts(late).order_by(BY_DUE, "id")[:WORST]
    context |= {
        "page": "supervision",
        "desk": supervision_desk(scope=actor.scope, at=at),
        "worst": rows_of(list(worst), at),
    }
    return render(request, "console/supervision.html", context)
