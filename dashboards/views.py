"""Pages of figures: the leaders' wall, and the desk of those who report values."""

import hashlib
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dashboards.enums import IndicatorState, ReportStatus
from dashboards.models import ReportedValue
from dashboards.selectors import first_wall, wall_for
from dashboards.selectors.reporting import answers_for, feeds_of, quarantined, reports_anything
from dashboards.services.reports import AlreadyDecidedError, decide_report
from dashboards.tasks import request_refresh
from governance.lib.errors import DomainError, NotFoundError
from grids.enums import AreaLevel
from grids.selectors import Scope
from grids.services import current_scope

# Seconds without contact until the wall calls its data stale, and until it covers them.
STALE_AFTER = 60
LOST_AFTER = 120
# Seconds between readings that happen even when no push has come.
POLL_EVERY = 20
PARTS = ("templates/wall", "static/js/wall", "static/css")


@login_required
@require_GET
@never_cache
def walls(request: HttpRequest) -> HttpResponse:
    """Send a person to the first wall that they may look at."""
    found = first_wall(scope=current_scope(user=request.user))  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return redirect("dashboards:wall", slug=found.slug)


@login_required
@require_GET
@never_cache
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a wall to those who hold the right on its area; to others there is none."""
    try:
        found = wall_for(slug=slug, scope=current_scope(user=request.user))  # type: ignore[arg-type]
    except NotFoundError as refusal:
        raise Http404 from refusal
    level = AreaLevel(found.area.level)
    inner_level = AreaLevel(min(level + 1, AreaLevel.GRID))
    return render(
        request,
        "wall/wall.html",
        {
            "wall": found,
            "level": level.name.lower(),
            "inner_level": inner_level.name.lower(),
            "inner_label": inner_level.label,
            "states": list(IndicatorState),
            "version": page_version(),
            "server_time": timezone.now(),
            "time_zone": settings.TIME_ZONE,
            "stale_after": STALE_AFTER,
            "lost_after": LOST_AFTER,
            "poll_every": POLL_EVERY,
        },
    )


@lru_cache(maxsize=1)
def page_version() -> str:
    """Digest the files the page is made of: an open wall takes up a new version by itself."""
    digest = hashlib.sha256()
    for part in PARTS:
        for path in sorted((settings.BASE_DIR / part).rglob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@login_required
@require_GET
@never_cache
def reporting(request: HttpRequest) -> HttpResponse:
    """Show a department what is due and what waits for its decision; to others nothing."""
    return _reporting_page(request, current_scope(user=request.user))  # type: ignore[arg-type]


@login_required
@require_POST
@never_cache
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject a value in quarantine, then show the page again."""
    scope = current_scope(user=request.user)  # type: ignore[arg-type]
    verdict = VERDICTS.get(request.POST.get("verdict", ""))
    row = ReportedValue.objects.filter(pk=pk).select_related("indicator").first()
    if verdict is None or row is None or not answers_for(indicator=row.indicator, scope=scope):
        raise Http404
    try:
        decide_report(pk=pk, verdict=verdict, decider=request.user, at=timezone.now())  # type: ignore[arg-type]
    except AlreadyDecidedError as refusal:
        return _reporting_page(request, scope, refusal)
    transaction.on_commit(request_refresh)
    return redirect("dashboards:reporting")


VERDICTS = {"accept": ReportStatus.ACCEPTED, "reject": ReportStatus.REJECTED}
QUARANTINE_ROWS = 100


def _reporting_page(
    request: HttpRequest, scope: Scope, refusal: DomainError | None = None
) -> HttpResponse:
    if not reports_anything(scope=scope):
        raise Http404
    now = timezone.now()
    feeds = feeds_of(scope=scope, at=now)
    doubted = quarantined(indicators=[feed.indicator for feed in feeds])[:QUARANTINE_ROWS]
    context = {"feeds": feeds, "doubted": list(doubted), "now": now, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "reporting/reporting.html", context, status=status)
