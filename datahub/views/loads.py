"""The pages of loads: handing in a file, watching it, its faults, cancelling and taking back."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from datahub.enums import Fault, LoadMode
from datahub.models import Load
from datahub.selectors import columns_of, resource_for
from datahub.selectors.loads import load_for, progress_of
from datahub.selectors.quality import scores_of_load
from datahub.selectors.uploads import resource_of_upload
from datahub.services import ask_load, cancel_load, give_up_file, undo_load
from datahub.services.loads import RUNNING
from datahub.tasks import ring_loads
from datahub.views.catalogue import page_reader, resource_context
from governance.lib.errors import DomainError, ForbiddenError, InvalidError, NotFoundError
from grids.enums import Crs

ACTS = {"cancel", "undo"}


@require_POST
@login_required
@never_cache
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Take a file for a resource; a refusal is shown above the form."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    try:
        if not reader.loads(found):
            raise ForbiddenError()
        file, mode, crs = (request.FILES.get("file"), *_chosen(request))
        if file is None:
            raise InvalidError("请选择文件。", fields={"file": ["必填"]})
        load = ask_load(
            resource=found,
            file=file,
            mode=mode,
            crs=crs,
            reader=reader,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except DomainError as error:
        context = resource_context(found, reader) | {"problem": error.detail}
        return render(request, "hub/resource.html", context, status=error.status)
    ring_loads()
    return redirect("datahub:load", uuid=load.uuid)


def _chosen(request: HttpRequest) -> tuple[LoadMode, Crs]:
    try:
        return LoadMode(request.POST.get("mode", "")), Crs(request.POST.get("crs", Crs.WGS84))
    except ValueError as error:
        raise InvalidError("请选择装载方式。", fields={"mode": ["无效"]}) from error


@require_POST
@login_required
@never_cache
def give_up(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give an unfinished file up, then show its resource again."""
    reader = page_reader(request)
    code = resource_of_upload(uuid=uuid, owner=request.user, reader=reader).code  # type: ignore[arg-type]
    give_up_file(uuid=uuid, reader=reader, by=request.user)  # type: ignore[arg-type]
    return redirect("datahub:resource", code=code)


@require_safe
@login_required
@never_cache
def load(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show a load; the page reads itself anew until the load has ended."""
    found = load_for(uuid=uuid, reader=page_reader(request))
    return render(request, "hub/load.html", _context(found))


@require_POST
@login_required
@never_cache
def act(request: HttpRequest, uuid: str, action: str) -> HttpResponse:
    """Cancel a load or take it back, then show it again."""
    found = load_for(uuid=uuid, reader=page_reader(request))
    if action not in ACTS:
        raise NotFoundError()
    try:
        if action == "cancel":
            cancel_load(load=found, at=timezone.now())
        else:
            undo_load(load=found, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except DomainError as error:
        context = _context(found) | {"problem": error.detail}
        return render(request, "hub/load.html", context, status=error.status)
    return redirect("datahub:load", uuid=uuid)


def _context(load: Load) -> dict[str, Any]:
    labels = {column.name: column.label for column in columns_of(load.schema)}
    faults = sorted(load.faults.items(), key=lambda pair: -pair[1])
    return {
        "load": load,
        "progress": progress_of(load),
        "is_running": load.state in RUNNING,
        "has_bad_rows": load.bad_rows.exists(),
        "scores": scores_of_load(load),
        "faults": [_fault(key, count, labels) for key, count in faults],
    }


def _fault(key: str, count: int, labels: dict[str, str]) -> dict[str, Any]:
    name, _, fault = key.partition(":")
    return {"column": labels.get(name, "整行"), "reason": Fault(fault).label, "count": count}
