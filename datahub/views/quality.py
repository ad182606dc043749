"""The board of departments by freshness and quality, and the resources behind each figure."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datahub.selectors.quality import Board, boards_of, reminders_for, standings_for
from datahub.states import WEIGHTS, Freshness
from datahub.views.catalogue import page_reader
from governance.lib.errors import InvalidError, NotFoundError
from governance.lib.fields import CONTROL

WORST = 8


@require_safe
@login_required
@never_cache
def quality(request: HttpRequest) -> HttpResponse:
    """Show all departments whose resources the reader may know of, and what needs attention."""
    reader, at = page_reader(request), timezone.now()
    standings = standings_for(reader=reader, at=at)
    scored = [one for one in standings if one.score is not None]
    context = {
        "at": at,
        "total": Board(None, tuple(standings)),
        "boards": boards_of(standings),
        "latest": [one for one in standings if one.days_late][:WORST],
        "poorest": sorted(scored, key=lambda one: one.score or 0)[:WORST],
        "reminders": reminders_for(reader=reader),
        "weights": [(dimension.label, weight) for dimension, weight in WEIGHTS.items()],
    }
    return render(request, "hub/quality.html", context)


@require_safe
@login_required
@never_cache
def quality_resources(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the resources behind a figure: of one department, in one state."""
    reader, at = page_reader(request), timezone.now()
    freshness = request.GET.get("freshness", "")
    if freshness and freshness not in tuple(Freshness):
        raise InvalidError("没有这样的状态。", fields={"freshness": ["无效"]})
    if CONTROL.search(code):
        raise NotFoundError()
    standings = standings_for(reader=reader, at=at, department=code)
    if code and not standings:
        raise NotFoundError()
    shown = [one for one in standings if freshness in ("", one.freshness)]
    context: dict[str, Any] = {
        "at": at,
        "total": Board(standings[0].resource.department if code else None, tuple(standings)),
        "standings": shown,
        "freshness": freshness,
        "loadable": {one.resource.pk for one in shown if reader.loads(one.resource)},
        "code": code,
    }
    return render(request, "hub/quality_resources.html", context)
