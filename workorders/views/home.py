"""The way from the sign-in to the page of one's work."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.enums import Right
from grids.enums import AreaLevel
from grids.selectors import Scope
from workorders.views.console_context import page_actor

DESK_RIGHTS = (Right.DISPATCH_ORDERS, Right.CHECK_ORDERS, Right.SUPERVISE_ORDERS,
               Right.FOLLOW_UP_ORDERS)  # fmt: skip
PHONES = ("Android", "iPhone", "HarmonyOS", "Mobile")


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the page of their work: phone, wall, desk of reports or console."""
    agent = request.headers.get("User-Agent", "")
    return redirect(home_of(page_actor(request).scope, is_phone=any(p in agent for p in PHONES)))


def home_of(scope: Scope, *, is_phone: bool) -> str:
    """Choose the address: the phone's page, the wall, the desk of reports, or the console."""
    if scope.sees_everything or any(scope.has_anywhere(right) for right in DESK_RIGHTS):
        return "/console/"
    if scope.has_anywhere(Right.INSTRUCT_ORDERS) and scope.has_anywhere(Right.VIEW_WALL):
        return "/wall/"
    if scope.has_anywhere(Right.REPORT_VALUES) and not scope.has_anywhere(Right.VIEW_ORDERS):
        return "/reporting/"
    handled = scope.areas.get(Right.HANDLE_ORDERS, {})
    works_only_on_grids = set(handled) == {AreaLevel.GRID} and not scope.departments
    return "/m/" if works_only_on_grids or (is_phone and handled) else "/console/"
