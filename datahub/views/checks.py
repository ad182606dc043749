"""The pages of cross-checks: rules, findings with their map, and one finding with its rows."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datahub.enums import FindingState
from datahub.filters import narrow_findings
from datahub.models import Finding
from datahub.querysets import Reader
from datahub.selectors.definitions import words_of
from datahub.selectors.findings import (
    Shown,
    Told,
    area_of,
    check_for,
    decides,
    finding_for,
    is_searchable,
    may_reveal,
    runs_of,
    show_finding,
    standings_of_checks,
    told,
)
from datahub.services import dismiss_finding, restore_finding, reveal_finding
from datahub.views.catalogue import page_reader
from datahub.views.rows import cell
from datahub.views.sharing import read_text
from governance.lib.errors import DomainError, InvalidError, NotFoundError
from governance.lib.fields import CONTROL
from governance.lib.pagination import Page, take_page
from governance.lib.requests import client_address
from grids.enums import AreaLevel
from grids.models import Area

ROWS = 40
FILTERS = ("state", "area", "q")
COUNT_LIMIT = 10_000


@require_safe
@login_required
@never_cache
def checks(request: HttpRequest) -> HttpResponse:
    """Show the rules with what is open; one that cannot be run says why."""
    found = standings_of_checks(reader=page_reader(request))
    return render(request, "hub/checks.html", {"standings": found})


@require_safe
@login_required
@never_cache
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Show a rule's findings as a table and on the map; what is asked comes from the address."""
    reader = page_reader(request)
    found = check_for(code=code, reader=reader)
    given = _given(request)
    problem, page, count = "", Page([], ""), 0
    try:
        findings = narrow_findings(found, reader, given)
        page = take_page(
            queryset=findings, key="-first_seen_at", cursor=request.GET.get("cursor", ""), size=ROWS
        )
        count = findings.order_by()[: COUNT_LIMIT + 1].count()
    except InvalidError as error:
        problem = "；".join(error.fields.get("q", [])) or error.detail
    names = told(found)
    context = {
        "check": found,
        "given": given,
        "problem": problem,
        "definition": words_of(found),
        "runs": runs_of(found),
        "findings": [line_of(one, names) for one in page.rows],
        "count": count,
        "states": FindingState.choices,
        "streets": _streets(),
        "is_searchable": is_searchable(found),
        "asked": urlencode(given),
        "more": urlencode({**given, "cursor": page.next_cursor}) if page.next_cursor else "",
    }
    return render(
        request, "hub/check.html", context, status=InvalidError.status if problem else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def finding(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Show a finding with its rows masked; a POST with a purpose shows them unmasked, once."""
    reader = page_reader(request)
    found = finding_for(code=code, pk=pk, reader=reader)
    if request.method != "POST":
        return _page(request, found, reader)
    try:
        return _page(request, found, reader, shown=_revealed(request, found, reader))
    except InvalidError as error:
        return _page(request, found, reader, problem=error)


@require_POST
@login_required
@never_cache
def act_on_finding(request: HttpRequest, code: str, pk: int, action: str) -> HttpResponse:
    """Dismiss or restore, then show the finding again; what was typed stays."""
    reader = page_reader(request)
    found = finding_for(code=code, pk=pk, reader=reader)
    by: Any = request.user
    try:
        if action == "dismiss":
            reason = read_text(request, "reason", 200)
            dismiss_finding(finding=found, reader=reader, by=by, reason=reason, at=timezone.now())
        elif action == "restore":
            restore_finding(finding=found, reader=reader)
        else:
            raise NotFoundError()
    except DomainError as error:
        if isinstance(error, NotFoundError):
            raise
        return _page(request, found, reader, problem=error)
    return redirect("datahub:finding", code=code, pk=pk)


def _given(request: HttpRequest) -> dict[str, str]:
    given = {name: CONTROL.sub("", request.GET.get(name, "")).strip() for name in FILTERS}
    return {name: value for name, value in given.items() if value}


def _revealed(request: HttpRequest, found: Finding, reader: Reader) -> Shown:
    return reveal_finding(
        finding=found,
        reader=reader,
        by=request.user,  # type: ignore[arg-type]
        purpose=read_text(request, "purpose", 120),
        address=client_address(request),
        at=timezone.now(),
    )


def _page(
    request: HttpRequest,
    found: Finding,
    reader: Reader,
    *,
    shown: Shown | None = None,
    problem: DomainError | None = None,
) -> HttpResponse:
    masked = shown or show_finding(finding=found, reader=reader)
    context = {
        "check": found.cross_check,
        "finding": found,
        "key": masked.key,
        "label": masked.label,
        "area": area_of(found),
        "sides": [_table(one) for one in masked.sides],
        "is_revealed": shown is not None,
        "may_reveal": shown is None and may_reveal(finding=found, reader=reader),
        "may_decide": decides(finding=found, reader=reader),
        "problem": problem.detail if problem else "",
        "given": request.POST,
    }
    status = problem.status if problem else 200
    return render(request, "hub/finding.html", context, status=status)


def _table(one: Any) -> dict[str, Any]:
    columns = one.page.columns
    rows = [[cell(row[column.name]) for column in columns] for row in one.page.rows]
    return {"resource": one.resource, "columns": columns, "rows": rows}


def line_of(one: Finding, names: Told) -> dict[str, Any]:
    """Give a finding to the table as its reader may see it."""
    return {
        "finding": one,
        "key": names.key_of(one),
        "label": names.label_of(one),
        "area": area_of(one),
    }


def _streets() -> list[Area]:
    found = Area.objects.filter(level=AreaLevel.STREET, is_active=True)
    return list(found.order_by("code"))
