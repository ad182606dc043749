"""The pages of the catalogue: search, and one resource with its schema and history."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Department
from datahub.enums import Frequency, LoadMode, Sharing
from datahub.filters import ResourceFilter
from datahub.models import Resource
from datahub.querysets import Reader
from datahub.selectors import columns_of, find_resources, history_of, resource_for
from datahub.selectors.loads import loads_of
from datahub.selectors.publications import may_be_opened
from datahub.selectors.quality import reminders_for, reminders_of, standing_of
from datahub.selectors.sharing import (
    areas_received,
    may_be_asked_for,
    own_requests,
    waiting_for,
)
from datahub.selectors.sources import find_source, newest_fetch
from datahub.selectors.uploads import uploads_of
from datahub.services import current_reader
from datahub.services.sharing import NAMING
from governance.lib.errors import InvalidError
from governance.lib.fields import CONTROL
from governance.lib.pagination import Page, take_page
from grids.enums import Crs

ROWS, LOADS = 40, 10
FILTERS = ("q", "department", "sharing", "frequency", "library", "is_open")
COUNT_LIMIT = 10_000


@require_safe
@login_required
@never_cache
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show the resources one may know of; what is asked comes from the address."""
    reader = page_reader(request)
    given = {name: CONTROL.sub("", request.GET.get(name, "")).strip() for name in FILTERS}
    given = {name: value for name, value in given.items() if value}
    known = find_resources(reader=reader)
    narrowed = ResourceFilter(given, queryset=known)
    found, problem = known.none(), "筛选条件有误。"
    if narrowed.is_valid():
        found, problem = narrowed.qs, ""
    page, problem = _page(found, request.GET.get("cursor", ""), problem)
    context = {
        "given": given,
        "problem": problem,
        "resources": page.rows,
        "count": found[: COUNT_LIMIT + 1].count(),
        "administers": reader.administers or reader.sees_everything,
        "owners": _owners(known),
        "reminders": reminders_for(reader=reader),
        "waiting": waiting_for(reader=reader).count(),
        "sharings": Sharing.choices,
        "frequencies": Frequency.choices,
        "more": urlencode({**given, "cursor": page.next_cursor}) if page.next_cursor else "",
    }
    return render(request, "hub/catalogue.html", context, status=_status(problem))


@require_safe
@login_required
@never_cache
def resource(request: HttpRequest, code: str) -> HttpResponse:
    """Show one resource: what it is, who may use it, its columns, and what changed when."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    return render(request, "hub/resource.html", resource_context(found, reader))


def resource_context(found: Resource, reader: Reader) -> dict[str, Any]:
    """Give what the page of one resource shows to a reader."""
    columns = columns_of(found.schema)
    has_personal = any(column.is_personal for column in columns)
    reads = reader.reads_rows(found)
    lacks = not reads or (has_personal and not reader.reads_personal(found))
    return {
        "resource": found,
        "columns": columns,
        "has_personal": has_personal,
        "must_be_personal": reads,
        "may_ask": lacks and may_be_asked_for(found, reader),
        "my_requests": own_requests(resource=found, reader=reader),
        "receiving": areas_received(reader),
        "naming": [column for column in columns if column.type in NAMING],
        "today": timezone.localdate(),
        "versions": history_of(found),
        "reads_rows": reader.reads_some(found) and found.schema is not None,
        "may_open": reader.approves(found) and may_be_opened(found),
        "may_load": reader.loads(found) and found.schema is not None,
        "loads": loads_of(resource=found, reader=reader).order_by("-asked_at", "-id")[:LOADS],
        **_coming(found, reader),
        "standing": standing_of(found, at=timezone.now()),
        "reminders": reminders_of(found),
        "modes": LoadMode.choices,
        "systems": Crs.choices,
    }


def _coming(found: Resource, reader: Reader) -> dict[str, Any]:
    if not reader.loads(found):
        return {}
    source = find_source(resource=found, reader=reader)
    return {
        "source": source,
        "fetch": newest_fetch(source) if source else None,
        "uploads": uploads_of(resource=found, reader=reader),
    }


def page_reader(request: HttpRequest) -> Reader:
    return current_reader(user=request.user)  # type: ignore[arg-type]


def _page(found: QuerySet[Resource], cursor: str, problem: str) -> tuple[Page, str]:
    try:
        return take_page(queryset=found, key="-changed_at", cursor=cursor, size=ROWS), problem
    except InvalidError as error:
        return take_page(queryset=found, key="-changed_at", size=ROWS), error.detail


def _status(problem: str) -> int:
    return InvalidError.status if problem else 200


def _owners(known: QuerySet[Resource]) -> QuerySet[Department]:
    owners = known.order_by().values("department_id")
    return Department.objects.filter(pk__in=owners).order_by("code")
