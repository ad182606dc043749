"""The pages of the league tables: the rates of a month, and the acts behind each."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.lib.errors import InvalidError
from workorders.enums import Action
from workorders.forms.leagues import AskedActs, asked_acts, asked_league
from workorders.models import Event
from workorders.selectors.leagues import LeagueActs, league_acts, read_league
from workorders.views.console_context import frame, page_actor
from workorders.views.league_context import GROUPS, hours_words, league_page, league_query
from workorders.workflow.rates import Group

ROWS = 50


@require_safe
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the rates of a month; what is asked comes from the address."""
    actor = page_actor(request)
    given, now = request.GET.dict(), timezone.now()
    problem = None
    try:
        asked = asked_league(given=given, scope=actor.scope, now=now)
    except InvalidError as error:
        problem, asked = error, asked_league(given={}, scope=actor.scope, now=now)
    league = read_league(by=asked.by, month=asked.month, areas=asked.areas, sort=asked.sort)
    name = given.get("group", "")
    group = Group(name) if name in {one.value for one in GROUPS} else Group.TIME
    context: dict[str, Any] = frame(request, actor) | league_page(asked, league, group)
    status = problem.status if problem else 200
    context |= {"page": "leagues", "problem": problem, "this_month": f"{now:%Y-%m}"}
    return render(request, "console/leagues.html", context, status=status)


@require_safe
@login_required
@never_cache
def rows(request: HttpRequest) -> HttpResponse:
    """Show the acts that one part of a rate has counted."""
    actor = page_actor(request)
    given = request.GET.dict()
    asked = asked_acts(given=given, scope=actor.scope, now=timezone.now())
    acts = league_acts(
        by=asked.league.by,
        month=asked.league.month,
        areas=asked.league.areas,
        scope=actor.scope,
        key=asked.place.pk if asked.place else None,
        rate=asked.rate,
        part=asked.part,
        is_assessed=asked.is_assessed,
        cursor=given.get("cursor", ""),
        size=ROWS,
    )
    context = frame(request, actor) | _rows_page(asked, acts)
    return render(request, "console/league_rows.html", context)


def _rows_page(asked: AskedActs, acts: LeagueActs) -> dict[str, Any]:
    own = {
        "rate": asked.rate.code,
        "part": asked.part.value,
        "assessed": str(asked.is_assessed).lower(),
        "key": asked.place.code if asked.place else "",
    }
    return {
        "page": "leagues",
        "asked": asked,
        "rows": [_row(event, acts) for event in acts.events],
        "back": league_query(asked.league, group=asked.rate.group.value),
        "more": league_query(asked.league, **own, cursor=acts.next_cursor)
        if acts.next_cursor
        else "",
    }


def _row(event: Event, acts: LeagueActs) -> dict[str, Any]:
    held = event.content.get("held_seconds")
    return {
        "order": None if event.order_id in acts.hidden else event.order,
        "at": event.at,
        "deed": Action(event.action).label,
        "is_excluded": event.order_id in acts.excluded,
        "held": hours_words(held) if held is not None else "",
    }
