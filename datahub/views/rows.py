"""The preview of a resource's rows: masked, or as they are for a purpose on record."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datahub.models import Resource
from datahub.querysets import Reader
from datahub.selectors import resource_for
from datahub.selectors.rows import RowsPage, read_rows, revealing_query, rows_query
from datahub.services.rows import reveal_rows
from datahub.views.catalogue import page_reader
from governance.lib.errors import InvalidError
from governance.lib.fields import CONTROL
from governance.lib.requests import client_address

ROWS = 50
PURPOSE_LENGTH = 120


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Show a page of rows; a POST with a purpose shows the same page unmasked, once."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    cursor = request.GET.get("cursor", "")
    query = rows_query(resource=found, reader=reader, given={})
    problem, page = "", None
    if request.method == "POST":
        try:
            page = _revealed(request, found, reader, cursor)
        except InvalidError as error:
            problem = error.detail
    shown = page or read_rows(query, cursor=cursor, size=ROWS)
    has_personal = any(column.is_personal for column in shown.columns)
    context: dict[str, Any] = {
        "resource": found,
        "columns": shown.columns,
        "rows": [[cell(row[column.name]) for column in shown.columns] for row in shown.rows],
        "next_cursor": shown.next_cursor,
        "cursor": cursor,
        "is_revealed": page is not None,
        "may_reveal": has_personal and reader.reveals_some(found),
        "is_delivered": bool(query.delivered_to),
        "problem": problem,
    }
    return render(request, "hub/rows.html", context, status=InvalidError.status if problem else 200)


def cell(value: Any) -> Any:
    """Write a point (longitude, latitude) as people do."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _revealed(request: HttpRequest, found: Resource, reader: Reader, cursor: str) -> RowsPage:
    query = revealing_query(resource=found, reader=reader, given={})
    purpose = purpose_of(request)
    return reveal_rows(
        query=query,
        by=request.user,  # type: ignore[arg-type]
        purpose=purpose,
        address=client_address(request),
        at=timezone.now(),
        cursor=cursor,
        size=ROWS,
    )


def purpose_of(request: HttpRequest) -> str:
    """Read why personal data is to be seen; raise InvalidError without."""
    purpose = CONTROL.sub("", request.POST.get("purpose", "")).strip()
    if not purpose or len(purpose) > PURPOSE_LENGTH:
        raise InvalidError("请写明查看个人信息的事由。", fields={"purpose": ["必填"]})
    return purpose
