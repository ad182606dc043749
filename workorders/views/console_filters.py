"""Filters of the queue kept under a name; both answers are the views anew."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from governance.lib.errors import InvalidError
from workorders.forms.pages import read_form
from workorders.forms.saved_filters import SavedFilterForm
from workorders.selectors.queues import choose_view
from workorders.services import Actor
from workorders.services.saved_filters import drop_filter, save_filter
from workorders.views.console import viewer, views_parts
from workorders.views.console_queue import QUERY_LENGTH, queue_query, read_filters, sort_of


@require_POST
@login_required
@never_cache
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the queue's filters under a name; a wrong one is told beside the views."""
    actor = viewer(request)
    try:
        _keep(request, actor)
    except InvalidError as error:
        words = "；".join(text for texts in error.fields.values() for text in texts)
        return _views(request, actor, problem=words or error.detail, status=422)
    return _views(request, actor)


def _keep(request: HttpRequest, actor: Actor) -> None:
    given = {name: request.POST[name] for name in ("name", "department") if request.POST.get(name)}
    asked = read_form(SavedFilterForm(data=given)).validated_data
    params = QueryDict(request.POST.get("query", "").replace("\x00", "")[: QUERY_LENGTH * 4])
    view = choose_view(key=params.get("view", ""), scope=actor.scope)
    query = queue_query(view, read_filters(params), sort_of(params, view))
    if len(query) > QUERY_LENGTH:
        raise InvalidError(fields={"query": ["条件太长，请缩短搜索的文字"]})
    assert actor.user is not None  # noqa: S101  # for the type checker
    save_filter(
        owner=actor.user,
        name=asked["name"],
        query=query,
        department=asked.get("department"),
        at=timezone.now(),
    )


@require_POST
@login_required
@never_cache
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own saved filter."""
    actor = viewer(request)
    assert actor.user is not None  # noqa: S101  # for the type checker
    drop_filter(owner=actor.user, pk=pk)
    return _views(request, actor)


def _views(
    request: HttpRequest, actor: Actor, *, problem: str = "", status: int = 200
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("workorders:console")
    context: dict[str, Any] = views_parts(actor, timezone.now())
    return render(request, "console/_views.html", {**context, "problem": problem}, status=status)
