"""The pages of sharing: asking for a resource, deciding, and what became of it."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from datahub.enums import RequestState
from datahub.models import SharingRequest
from datahub.querysets import Reader
from datahub.selectors import columns_of, resource_for
from datahub.selectors.sharing import find_requests, looks_under, request_for, waiting_for
from datahub.services import sharing
from datahub.views.catalogue import page_reader, resource_context
from governance.lib.errors import DomainError, InvalidError, NotFoundError
from governance.lib.fields import CONTROL
from governance.lib.pagination import take_page

ROWS = 40
VAGUE = ("必填", "无效")


@require_safe
@login_required
@never_cache
def requests(request: HttpRequest) -> HttpResponse:
    """Show what waits for one's decision, and the requests that concern one."""
    reader = page_reader(request)
    found = find_requests(reader=reader)
    page = take_page(
        queryset=found, key="-asked_at", cursor=request.GET.get("cursor", ""), size=ROWS
    )
    context = {
        "waiting": waiting_for(reader=reader).order_by("asked_at", "id")[:ROWS],
        "requests": page.rows,
        "next_cursor": page.next_cursor,
    }
    return render(request, "hub/requests.html", context)


@require_POST
@login_required
@never_cache
def ask_for(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the owner for a resource; a refusal is shown above the form, what was typed stays."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    try:
        cut = sharing.read_cut(
            area=read_text(request, "area", 20),
            column=read_text(request, "area_column", 40),
            columns=request.POST.getlist("columns"),
        )
        asked = sharing.ask_sharing(
            resource=found,
            reader=reader,
            by=request.user,  # type: ignore[arg-type]
            purpose=read_text(request, "purpose", 200),
            is_personal=request.POST.get("is_personal") == "on",
            ends_on=_day(request, "ends_on"),
            at=timezone.now(),
            cut=cut,
        )
    except DomainError as error:
        context = resource_context(found, reader) | {"problem": told(error), "given": request.POST}
        return render(request, "hub/resource.html", context, status=error.status)
    return redirect("datahub:request", uuid=asked.uuid)


@require_safe
@login_required
@never_cache
def sharing_request(request: HttpRequest, uuid: str) -> HttpResponse:
    """Show one request to its asker and to those who decide on it."""
    reader = page_reader(request)
    return render(
        request, "hub/request.html", _context(request_for(uuid=uuid, reader=reader), reader)
    )


@require_POST
@login_required
@never_cache
def decide(request: HttpRequest, uuid: str, action: str) -> HttpResponse:
    """Approve, refuse, revoke or withdraw, then show the request again."""
    reader = page_reader(request)
    found = request_for(uuid=uuid, reader=reader)
    try:
        _act(request, found, reader, action)
    except DomainError as error:
        if isinstance(error, NotFoundError):
            raise
        context = _context(found, reader) | {"problem": error.detail, "given": request.POST}
        return render(request, "hub/request.html", context, status=error.status)
    return redirect("datahub:request", uuid=uuid)


def _act(request: HttpRequest, found: SharingRequest, reader: Reader, action: str) -> None:
    by: Any = request.user
    given: dict[str, Any] = {"request": found, "by": by, "at": timezone.now()}
    if action == "withdraw":
        sharing.withdraw_sharing(**given)
    elif action == "approve":
        until, answer = _day(request, "granted_until"), read_text(request, "answer", 200)
        sharing.approve_sharing(reader=reader, granted_until=until, answer=answer, **given)
    elif action == "refuse":
        sharing.refuse_sharing(reader=reader, answer=read_text(request, "answer", 200), **given)
    elif action == "revoke":
        sharing.revoke_sharing(reader=reader, reason=read_text(request, "reason", 160), **given)
    else:
        raise NotFoundError()


def read_text(request: HttpRequest, field: str, length: int) -> str:
    text = CONTROL.sub("", request.POST.get(field, "")).strip()
    if len(text) > length:
        raise InvalidError(f"最多 {length} 个字。", fields={field: [f"最多 {length} 个字"]})
    return text


def _day(request: HttpRequest, field: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(field, ""))
    except ValueError as error:
        raise InvalidError("请选择日期。", fields={field: ["无效"]}) from error


def told(error: DomainError) -> str:
    """Say what is wrong, with the words of the fields at fault."""
    words = [word for words in error.fields.values() for word in words if word not in VAGUE]
    return "；".join([error.detail, *words])


def _uses(found: SharingRequest, reader: Reader) -> bool:
    if found.area_id is None:
        return found.asked_by_id == reader.person
    return found.area_id in reader.receiving_areas


def _context(found: SharingRequest, reader: Reader) -> dict[str, Any]:
    is_asker = found.asked_by_id == reader.person
    approves = reader.approves(found.resource)
    return {
        "asked": found,
        "may_decide": approves and not is_asker and found.state == RequestState.WAITING,
        "may_revoke": approves and found.state == RequestState.APPROVED,
        "may_withdraw": is_asker and found.state == RequestState.WAITING,
        "may_read": _uses(found, reader) and found.state == RequestState.APPROVED,
        "columns": [
            one.label for one in columns_of(found.resource.schema) if one.name in found.columns
        ],
        "looks": looks_under(found),
        "today": timezone.localdate(),
    }
