"""Those on duty near an order, each with a button that fills in where it is sent."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.enums import Right
from workorders.selectors import order_detail
from workorders.selectors.nearby import workers_near
from workorders.services import permitted_actions
from workorders.views.console import viewer
from workorders.views.console_context import SENDING


@require_safe
@login_required
@never_cache
def nearby(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the nearest people on duty; nothing for those who see no positions."""
    actor = viewer(request)
    order = order_detail(number=number, scope=actor.scope)
    if actor.user is None or not actor.scope.has_anywhere(Right.VIEW_POSITIONS):
        return HttpResponse()
    permitted = permitted_actions(order=order, actor=actor)
    context = {
        "near": workers_near(order=order, user=actor.user, scope=actor.scope),
        "sending": next((action for action in SENDING if action in permitted), ""),
        "order": order,
        "now": timezone.now(),
    }
    return render(request, "console/_nearby.html", context)
