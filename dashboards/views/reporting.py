"""The desk of those who report values."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dashboards.enums import ReportStatus
from dashboards.models import ReportedValue
from dashboards.selectors.reporting import answers_for, feeds_of, quarantined, reports_anything
from dashboards.services.reports import AlreadyDecidedError, decide_report
from dashboards.tasks import request_refresh
from governance.lib.errors import DomainError
from grids.selectors import Scope
from grids.services import current_scope


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
