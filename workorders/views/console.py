"""The console: views, queue and one order; the parts are re-read through the same functions."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.enums import Right
from governance.lib.errors import NotFoundError
from workorders.enums import Action, Nature, State, Urgency
from workorders.selectors import notices_for, order_detail
from workorders.selectors.duplicates import duplicates_of
from workorders.selectors.queues import count_views
from workorders.selectors.saved_filters import saved_filters
from workorders.selectors.suggestions import (
    filter_choices,
    find_areas,
    find_categories,
    find_departments,
    find_holders,
    holder_choices,
)
from workorders.services import Actor, permitted_actions
from workorders.views.console_context import Pane, frame, page_actor, read_pane
from workorders.views.console_queue import count_saved, read_queue, read_rows

ROWS_AT_ONCE = 100


@require_safe
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the whole console; view, filters and the open order come from the address."""
    actor = page_actor(request)
    context: dict[str, Any] = frame(request, actor)
    if not actor.scope.has_anywhere(Right.VIEW_ORDERS):
        return render(request, "console/no_rights.html", context, status=403)
    at = context["now"]
    number = request.GET.get("order", "").replace("\x00", "")[:20]
    context |= {
        **_queue_parts(request, actor, at),
        **views_parts(actor, at),
        "pane": _pane_or_none(number, actor, at) if number else None,
        "number": number,
    }
    return render(request, "console/console.html", context)


def _queue_parts(request: HttpRequest, actor: Actor, at: datetime) -> dict[str, Any]:
    assert actor.user is not None  # noqa: S101  # for the type checker
    return {
        "saved": saved_filters(user=actor.user, on=timezone.localdate(at)),
        "queue": read_queue(params=request.GET, actor=actor, at=at),
        "choices": filter_choices(scope=actor.scope),
        "states": State.choices,
        "urgencies": Urgency.choices,
        "natures": Nature.choices,
    }


def views_parts(actor: Actor, at: datetime) -> dict[str, Any]:
    """Give the views with their counters and the filters kept under a name."""
    assert actor.user is not None  # noqa: S101  # for the type checker
    saved = saved_filters(user=actor.user, on=timezone.localdate(at))
    counted = count_saved([*saved.own, *saved.shared], actor=actor, at=at)
    return {
        "counters": count_views(scope=actor.scope, at=at),
        "saved": saved,
        "own_filters": [(row, counted.get(row.pk)) for row in saved.own],
        "shared_filters": [(row, counted.get(row.pk)) for row in saved.shared],
    }


def _pane_or_none(number: str, actor: Actor, at: Any) -> Pane | None:
    try:
        return read_pane(number=number, actor=actor, at=at)
    except NotFoundError:
        return None


@require_safe
@login_required
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """Answer one page of a view with its filters."""
    actor, number = viewer(request), request.GET.get("order", "")
    context = {**_queue_parts(request, actor, timezone.now()), "number": number}
    response = render(request, "console/_queue.html", context)
    order = urlencode({"order": number}) if number else ""
    address = "&".join(part for part in (context["queue"].page_query, order) if part)
    response["HX-Push-Url"] = f"{reverse('workorders:console')}?{address}"
    return response


@require_safe
@login_required
@never_cache
def rows(request: HttpRequest) -> HttpResponse:
    """Answer single rows again; those that are gone or out of sight are simply missing."""
    numbers = request.GET.get("numbers", "").replace("\x00", "").split(",")[:ROWS_AT_ONCE]
    found = read_rows(numbers=numbers, params=request.GET, actor=viewer(request), at=timezone.now())
    return render(request, "console/_rows.html", {"rows": found, "query": ""})


@require_safe
@login_required
@never_cache
def views(request: HttpRequest) -> HttpResponse:
    """Answer the views with fresh counters."""
    context = {**views_parts(viewer(request), timezone.now()), "current": request.GET.get("view")}
    return render(request, "console/_views.html", context)


@require_safe
@login_required
@never_cache
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the pane of one order; without htmx, the console opened on it."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('workorders:console')}?{urlencode({'order': number})}")
    actor = viewer(request)
    try:
        found = read_pane(number=number, actor=actor, at=timezone.now())
    except NotFoundError:
        return render(request, "console/_order_missing.html", {"number": number}, status=404)
    return render(request, "console/_order_pane.html", {"pane": found})


@require_safe
@login_required
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """Answer the newest notices of one's posts; without htmx, the console."""
    if not request.headers.get("HX-Request"):
        return redirect("workorders:console")
    actor = viewer(request)
    assert actor.user is not None  # noqa: S101  # for the type checker
    page = notices_for(user=actor.user, scope=actor.scope, on=timezone.localdate())
    return render(request, "console/_notices.html", {"notices": page.rows})


@require_safe
@login_required
@never_cache
def duplicates(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the orders that may be about the same matter, each with a button to merge into it."""
    actor = viewer(request)
    found = order_detail(number=number, scope=actor.scope)
    context = {
        "order": found,
        "duplicates": duplicates_of(order=found, scope=actor.scope),
        "may_merge": Action.MERGE in permitted_actions(order=found, actor=actor),
        "key": uuid4().hex,
    }
    return render(request, "console/_duplicates.html", context)


@require_safe
@login_required
@never_cache
def pick(request: HttpRequest, source: str) -> HttpResponse:
    """Answer the lines of a search box."""
    actor, words = viewer(request), request.GET.get("q", "").replace("\x00", "").strip()
    match source:
        case "holders":
            found = find_holders(words=words, scope=actor.scope)
        case "departments":
            found = find_departments(words=words)
        case "areas":
            found = find_areas(words=words, scope=actor.scope)
        case "places":
            found = find_areas(words=words, scope=actor.scope, right=Right.VIEW_ORDERS)
        case "categories":
            found = find_categories(words=words)
        case _:
            raise NotFoundError()
    return render(request, "console/_choices.html", {"choices": found})


@require_safe
@login_required
@never_cache
def pick_holder(request: HttpRequest, number: str, source: str) -> HttpResponse:
    """Answer the lines of a search box that differ by order: who is one level below or above."""
    actor, words = viewer(request), request.GET.get("q", "").replace("\x00", "").strip()
    action = {"below": Action.PASS_DOWN, "above": Action.PASS_UP}.get(source)
    if action is None:
        raise NotFoundError()
    order = order_detail(number=number, scope=actor.scope)
    found = holder_choices(order=order, action=action, words=words)
    return render(request, "console/_choices.html", {"choices": found})


def viewer(request: HttpRequest) -> Actor:
    """Give the person; without any right to view orders there is nothing here for them."""
    actor = page_actor(request)
    if not actor.scope.has_anywhere(Right.VIEW_ORDERS):
        raise NotFoundError()
    return actor
