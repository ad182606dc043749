"""Registering a call while somebody speaks: kept as typed, with what is known beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Right
from accounts.models import User
from governance.lib.errors import DomainError, InvalidError, NotFoundError
from governance.lib.requests import client_address
from workorders.enums import Nature
from workorders.forms.calls import UNSAID, read_answer, read_call, sketched_call, typed_call
from workorders.models import WorkOrder
from workorders.selectors.calls import CHANNEL, find_places, own_drafts, registered_call
from workorders.selectors.duplicates import duplicates_of
from workorders.selectors.knowledge import Found, like_entries, search_entries
from workorders.services import Actor
from workorders.services.calls import (
    answer_call,
    drop_draft,
    keep_draft,
    look_up_caller,
    register_call,
)
from workorders.services.intake import sketch
from workorders.services.knowledge import mark_outdated
from workorders.views.console_context import frame, page_actor
from workorders.views.mobile import open_channel

NATURES = (Nature.HELP, Nature.ADVICE, Nature.COMPLAINT, Nature.REPORT, Nature.SUGGESTION)
SHORTEST_HINT = 4  # characters of a text that says what it is about
SHORTEST_PHONE = 7
NOTE_LENGTH = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the form, empty or with a draft; a POST registers the call."""
    actor = page_actor(request)
    if not actor.scope.has_anywhere(Right.DISPATCH_ORDERS):
        context = frame(request, actor)
        return render(request, "console/no_rights.html", context, status=403)
    if request.method == "POST":
        return _registered(request, actor)
    uuid = _uuid(request.GET.get("draft", ""))
    order = registered_call(uuid=uuid, user=_user(actor)) if uuid else None
    if order is not None:
        return _answer(request, actor, _receipt(order, actor))
    return _answer(request, actor, _form(actor, uuid))


def _registered(request: HttpRequest, actor: Actor) -> HttpResponse:
    at = timezone.now()
    uuid = _uuid(request.POST.get("record_uuid", ""))
    try:
        if uuid is None:
            raise InvalidError("页面已失效，请重新打开登记页。", fields={"record_uuid": ["无效"]})
        report = read_call(request.POST.dict(), uuid=str(uuid), at=at, is_demo=_user(actor).is_demo)
        answer = read_answer(request.POST, scope=actor.scope, on=timezone.localdate(at))
        channel = open_channel(CHANNEL)
        if answer is None:
            order, is_new = register_call(report=report, channel=channel, actor=actor, at=at)
        else:
            order, is_new = answer_call(
                report=report, channel=channel, actor=actor, at=at, answer=answer
            )
    except DomainError as problem:
        status = 422 if isinstance(problem, InvalidError) else problem.status
        context = {**_form(actor, uuid), "typed": request.POST, "problem": problem}
        return _answer(request, actor, context, status=status)
    return _answer(request, actor, {**_receipt(order, actor), "is_new": is_new})


def _answer(
    request: HttpRequest, actor: Actor, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer the form or the receipt alone to htmx, else within its page."""
    if request.headers.get("HX-Request"):
        part = "console/_call_receipt.html" if "order" in context else "console/_call_form.html"
        return render(request, part, dict(context), status=status)
    known = {**frame(request, actor), **context, "page": "register"}
    known["drafts"] = own_drafts(user=_user(actor))
    return render(request, "console/call.html", known, status=status)


def _form(actor: Actor, uuid: UUID | None) -> dict[str, Any]:
    draft = next((row for row in own_drafts(user=_user(actor)) if row.uuid == uuid), None)
    return {
        "record_uuid": uuid or uuid4(),
        "typed": draft.typed if draft else {},
        "turn": draft.turn if draft else 0,
        "problem": None,
        "natures": [(nature.value, nature.label) for nature in NATURES],
    }


def _receipt(order: WorkOrder, actor: Actor) -> dict[str, Any]:
    return {
        "order": order,
        "record_uuid": order.external_number,
        "is_mine": actor.scope.covers(Right.VIEW_ORDERS, order),
    }


@require_POST
@login_required
@never_cache
def keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what is typed so far, and answer what is known about it."""
    actor, at = registrar(request), timezone.now()
    typed = typed_call(request.POST.dict())
    problem: DomainError | None = None
    try:
        keep_draft(actor=actor, uuid=uuid, typed=typed, turn=_turn(request), at=at)
    except DomainError as error:
        problem = error
    drafts = {"drafts": own_drafts(user=_user(actor)), "record_uuid": uuid}
    hints = _hints(typed, actor, at)
    answer = {
        "saved": "" if problem else f"{timezone.localtime(at):%H:%M:%S}",
        "problem": problem.detail if problem else "",
        "code": problem.code if problem else "",
        "drafts": render_to_string("console/_call_drafts.html", drafts, request),
        "hints": render_to_string("console/_call_hints.html", hints, request),
        "knowledge": render_to_string("console/_call_knowledge.html", hints, request),
    }
    return JsonResponse(answer, status=problem.status if problem else 200)


def _hints(typed: Mapping[str, str], actor: Actor, at: datetime) -> dict[str, Any]:
    """Tell what the order would be, and which are like it."""
    report = sketched_call(typed, at=at, is_demo=_user(actor).is_demo)
    try:
        order = sketch(report=report, channel=open_channel(CHANNEL), at=at)
    except DomainError as problem:
        return {"place_problem": problem.fields.get("point") or [problem.detail]}
    says = report.text != UNSAID and len(report.text) >= SHORTEST_HINT
    return {
        "sketch": order,
        "is_suggested": says and order.category is not None and not report.category,
        "duplicates": duplicates_of(order=order, scope=actor.scope) if says else [],
        "says": says,
        "found": _knowledge(typed, order, actor, at),
        "asked": typed.get("asked", ""),
    }


def _knowledge(
    typed: Mapping[str, str], order: WorkOrder, actor: Actor, at: datetime
) -> Found | None:
    """Find what answers the words in the search box, or else what the caller says."""
    on, words = timezone.localdate(at), typed.get("asked", "")
    if words:
        return search_entries(words=words[:80], scope=actor.scope, on=on)
    text = typed.get("text", "")
    if len(text) < SHORTEST_HINT:
        return None
    return like_entries(text=text, category_id=order.category_id, scope=actor.scope, on=on)


@require_POST
@login_required
@never_cache
def drop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw one's draft away."""
    drop_draft(actor=registrar(request), uuid=uuid)
    return redirect("workorders:console-register")


@require_POST
@login_required
@never_cache
def outdated(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a reader's word that an entry no longer holds."""
    note = request.POST.get("note", "").replace("\x00", "").strip()
    if len(note) > NOTE_LENGTH:
        words = f"不超过 {NOTE_LENGTH} 字"
        return render(request, "console/_knowledge_marked.html", {"problem": words}, status=422)
    mark_outdated(pk=pk, actor=page_actor(request), note=note, at=timezone.now())
    return render(request, "console/_knowledge_marked.html", {})


@require_POST
@login_required
@never_cache
def caller(request: HttpRequest) -> HttpResponse:
    """Answer the earlier orders of a telephone, which goes on record; never in an address."""
    actor, phone = registrar(request), request.POST.get("phone", "").strip()[:20]
    if sum(letter.isdecimal() and letter.isascii() for letter in phone) < SHORTEST_PHONE:
        return render(request, "console/_call_caller.html", {})
    found = look_up_caller(
        phone=phone, actor=actor, at=timezone.now(), address=client_address(request)
    )
    return render(request, "console/_call_caller.html", {"found": found, "is_asked": True})


@require_safe
@login_required
@never_cache
def places(request: HttpRequest) -> HttpResponse:
    """Answer the lines of the search box for places."""
    words = request.GET.get("q", "").replace("\x00", "")
    found = find_places(words=words, scope=registrar(request).scope)
    return render(request, "console/_choices.html", {"choices": found})


def registrar(request: HttpRequest) -> Actor:
    """Give the person; for those who take no calls there is nothing here."""
    actor = page_actor(request)
    if not actor.scope.has_anywhere(Right.DISPATCH_ORDERS):
        raise NotFoundError()
    return actor


def _user(actor: Actor) -> User:
    assert actor.user is not None  # noqa: S101  # for the type checker
    return actor.user


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _turn(request: HttpRequest) -> int:
    text = request.POST.get("turn", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 9 else 0
