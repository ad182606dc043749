"""Pages of figures: the leaders' wall, its twelve pages, an indicator's page, the text twin."""

import hashlib
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dashboards.enums import IndicatorState
from dashboards.permissions import Viewer, display_at, viewer_of
from dashboards.selectors import first_wall
from dashboards.selectors.drilldown import indicator_at
from dashboards.selectors.pages import wall_page as page_of
from dashboards.selectors.pages import wall_pages
from dashboards.selectors.texts import wall_text
from dashboards.services.displays import (
    COOKIE,
    COOKIE_SECONDS,
    DisplayRefusedError,
    admit_display,
)
from governance.lib.errors import NotFoundError, error_page
from governance.lib.requests import client_address
from grids.enums import AreaLevel
from grids.services import current_scope

# Seconds without contact until the wall calls its data stale, and until it covers them.
STALE_AFTER = 60
LOST_AFTER = 120
# Seconds between readings that happen even when no push has come.
POLL_EVERY = 20
PARTS = ("templates/wall", "static/js/wall", "static/css")

Page = Callable[..., HttpResponse]


def wall_view(view: Page) -> Page:
    """Give a page its viewer; to those without the right there is no such wall."""

    @require_GET
    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
        if "token" in request.GET:
            return _admit(request, slug)
        try:
            viewer = viewer_of(request, slug=slug)
            answer = view(request, viewer, **kwargs)
        except NotFoundError as refusal:
            return _turn_away(request, refusal)
        if viewer.is_display:  # a screen's pass lives as long as the screen is used
            _keep_pass(answer, request.COOKIES[COOKIE])
        return answer

    return shown


def _admit(request: HttpRequest, slug: str) -> HttpResponse:
    """Exchange a pass in the address for a cookie, so that no history keeps it."""
    now = timezone.now()
    try:
        value = admit_display(
            slug=slug, secret=request.GET["token"], address=client_address(request), at=now
        )
    except DisplayRefusedError as refusal:
        return _refused(request, refusal)
    answer = redirect(request.path)
    _keep_pass(answer, value)
    return answer


def _keep_pass(answer: HttpResponse, value: str) -> None:
    answer.set_cookie(
        COOKIE,
        value,
        max_age=COOKIE_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _turn_away(request: HttpRequest, refusal: NotFoundError) -> HttpResponse:
    """Say that there is no such wall, that the screen's pass does not hold, or to sign in."""
    if request.user.is_authenticated or display_at(request) is not None:
        raise Http404 from refusal
    if COOKIE in request.COOKIES:
        return _refused(request, DisplayRefusedError())
    return redirect_to_login(request.get_full_path())


def _refused(request: HttpRequest, refusal: DisplayRefusedError) -> HttpResponse:
    return error_page(request, status=refusal.status, code=refusal.code, detail=str(refusal.detail))


@login_required
@require_GET
@never_cache
def walls(request: HttpRequest) -> HttpResponse:
    """Send a person to the first wall that they may look at."""
    found = first_wall(scope=current_scope(user=request.user))  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return redirect("dashboards:wall", slug=found.slug)


@wall_view
def wall(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show the first page of a wall."""
    return _page(request, viewer, "wall/overview.html")


@wall_view
def wall_page(request: HttpRequest, viewer: Viewer, page: str) -> HttpResponse:
    """Show all indicators of a domain or a theme."""
    return _page(request, viewer, "wall/page.html", page=page_of(slug=page))


@wall_view
def wall_indicator(request: HttpRequest, viewer: Viewer, code: str) -> HttpResponse:
    """Show one indicator: its meaning, its course, its places and the orders behind it."""
    indicator = indicator_at(wall=viewer.wall, code=code)
    return _page(request, viewer, "wall/indicator.html", indicator=indicator)


@wall_view
def wall_table(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Show everything of the first page as text."""
    text = wall_text(wall=viewer.wall, at=timezone.now())
    return _page(request, viewer, "wall/table.html", text=text)


def _page(request: HttpRequest, viewer: Viewer, template: str, **more: Any) -> HttpResponse:
    level = AreaLevel(viewer.wall.area.level)
    inner_level = AreaLevel(min(level + 1, AreaLevel.GRID))
    context = {
        "wall": viewer.wall,
        "is_display": viewer.is_display,
        "pages": wall_pages(),
        "inner_label": inner_level.label,
        "states": list(IndicatorState),
        "version": page_version(),
        "server_time": timezone.now(),
        "time_zone": settings.TIME_ZONE,
        "stale_after": STALE_AFTER,
        "lost_after": LOST_AFTER,
        "poll_every": POLL_EVERY,
        **more,
    }
    return render(request, template, context)


@lru_cache(maxsize=1)
def page_version() -> str:
    """Digest the files the page is made of: an open wall takes up a new version by itself."""
    digest = hashlib.sha256()
    for part in PARTS:
        for path in sorted((settings.BASE_DIR / part).rglob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
