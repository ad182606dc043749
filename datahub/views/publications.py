"""Opening a resource: what happens to each column, what that gave, publishing and withdrawing."""

import csv
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from datahub.columns import Column, Step, is_about_people, suggested, treatments_for
from datahub.columns.treatments import SIZED
from datahub.enums import PublicationState, Treatment
from datahub.models import Publication, Resource
from datahub.querysets import Reader
from datahub.selectors import columns_of, resource_for
from datahub.selectors.publications import publication_for, publications_of
from datahub.services import ask_publication, publish_publication, withdraw_publication
from datahub.services.publications import file_of
from datahub.tasks import ring_publications
from datahub.views.catalogue import page_reader
from datahub.views.sharing import read_text
from governance.lib.errors import DomainError, ForbiddenError, NotFoundError

LICENCE = "可免费下载、使用和再发布，须注明来源和更新日期；不得用来辨认个人。"
PREVIEW, LENGTH = 20, 400
S = PublicationState
ACTS = {"publish": publish_publication, "withdraw": withdraw_publication}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def opening(request: HttpRequest, code: str) -> HttpResponse:
    """Show what is open of a resource and have a new snapshot prepared."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    if not reader.approves(found):
        raise ForbiddenError("只有提供部门的审批人可以开放数据。")
    if request.method != "POST":
        return render(request, "hub/opening.html", _context(found, reader))
    try:
        ask_publication(
            resource=found,
            plan=_given(request, columns_of(found.schema)),
            description=read_text(request, "description", LENGTH),
            licence=read_text(request, "licence", LENGTH),
            reader=reader,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except DomainError as error:
        context = _context(found, reader, given=request.POST) | {"problem": error}
        return render(request, "hub/opening.html", context, status=error.status)
    ring_publications()
    return redirect("datahub:opening", code=code)


@require_POST
@login_required
@never_cache
def act_open(request: HttpRequest, uuid: str, action: str) -> HttpResponse:
    """Publish a prepared snapshot or take one back, then show the resource's page of them."""
    reader = page_reader(request)
    found = publication_for(uuid=uuid, reader=reader)
    if action not in ACTS:
        raise NotFoundError()
    try:
        ACTS[action](publication=found, reader=reader, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except DomainError as error:
        context = _context(found.resource, reader) | {"problem": error}
        return render(request, "hub/opening.html", context, status=error.status)
    return redirect("datahub:opening", code=found.resource.code)


def _given(request: HttpRequest, columns: list[Column]) -> dict[str, dict[str, Any]]:
    """Read the form: for each column its treatment, size and whether it tells people apart."""
    return {
        column.name: {
            "treatment": request.POST.get(f"treatment-{column.name}", ""),
            "size": _number(request.POST.get(f"size-{column.name}", "")),
            "is_quasi": request.POST.get(f"quasi-{column.name}") == "on",
        }
        for column in columns
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _context(resource: Resource, reader: Reader, given: Any = None) -> dict[str, Any]:
    columns = columns_of(resource.schema)
    known = publications_of(resource=resource, reader=reader)
    newest = next((one for one in known if one.plan), None)
    return {
        "resource": resource,
        "publications": known,
        "published": next((one for one in known if one.state == S.PUBLISHED), None),
        "draft": (draft := _draft(known)),
        "preview": _preview(draft) if draft else [],
        "labels": {column.name: column.label for column in columns},
        "rows": [_row(step, newest, given) for step in suggested(columns)],
        "is_about_people": is_about_people(columns),
        "description": given.get("description", "") if given else _former(newest, "description"),
        "licence": given.get("licence", "") if given else _former(newest, "licence") or LICENCE,
        "is_waiting": any(one.state == S.WAITING for one in known),
    }


def _draft(known: list[Publication]) -> Publication | None:
    newest = known[0] if known else None
    return newest if newest and newest.state in (S.PREPARED, S.FAILED) else None


def _former(newest: Publication | None, field: str) -> str:
    return getattr(newest, field) if newest else ""


def _row(step: Step, newest: Publication | None, given: Any) -> dict[str, Any]:
    """Give a line of the form: as typed, else as the last time, else as is suggested."""
    name = step.column.name
    row: dict[str, Any] = {
        "column": step.column,
        "treatments": [(one.value, one.label) for one in treatments_for(step.column)],
        "is_sized": any(one in SIZED for one in treatments_for(step.column)),
        "treatment": step.treatment,
        "size": "",
        "is_quasi": step.is_quasi,
    }
    if given:
        typed = {"treatment": given.get(f"treatment-{name}", ""), "size": given.get(f"size-{name}")}
        return row | typed | {"is_quasi": given.get(f"quasi-{name}") == "on"}
    if newest:
        kept = newest.plan.get(name, {"treatment": Treatment.DROP})
        return row | kept | {"size": kept.get("size") or ""}
    return row


def _preview(draft: Publication) -> list[list[str]]:
    """Read the head and the first rows of what would be published."""
    path = file_of(draft, kind="csv")
    if path is None:
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(islice(csv.reader(file), PREVIEW + 1))
