"""Acts from the console: each form is read by the API's serializer and goes through `apply`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from governance.lib.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    flatten_fields,
)
from governance.lib.requests import client_address
from workorders.enums import Action, PhotoStage
from workorders.forms import ACT_FORMS
from workorders.forms.base import BESIDE
from workorders.forms.rendering import MANNERS, act_face, picked_words
from workorders.forms.rows import nested, typed_rows
from workorders.selectors.orders import order_detail
from workorders.selectors.suggestions import Choice
from workorders.services import Actor, act_with_photos, reveal_reporter
from workorders.views.answers import new_photos
from workorders.views.console_context import Pane, page_actor, read_pane, suggested

PURPOSE_LENGTH = 200
PHOTO_LIMIT = 9
PROOF = {
    Action.RESOLVE: {"after": PhotoStage.AFTER},
    Action.REPORT_VERIFICATION: {"before": PhotoStage.BEFORE},
}
BOXES = {"category": ("category",), "area": ("area",), "holder": ("department", "grid")}


@dataclass(frozen=True)
class Attempt:
    """One act somebody tries: the order, the action, who, and what the form held."""

    request: HttpRequest
    number: str
    verb: Action
    actor: Actor
    typed: dict[str, str]

    @property
    def key(self) -> str:
        """Name this form of this order: a pane's key serves each of its forms once."""
        key = self.typed.get("key", "").replace("\x00", "")[:36]
        return f"{self.number}:{self.verb.value}:{key}" if key else ""

    def fresh_pane(self) -> Pane:
        return read_pane(number=self.number, actor=self.actor, at=timezone.now())


@require_POST
@login_required
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Apply one act and answer the fresh pane: 422 with the faults, 409 with what changed."""
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    attempt = Attempt(request, number, _verb(action), page_actor(request), typed)
    try:
        return _carry_out(attempt)
    except InvalidError as error:
        return _again(attempt, error.fields or {"non_field_errors": [error.detail]})
    except ConflictError as error:
        return _conflict(attempt, error)
    except (ForbiddenError, NotFoundError) as error:
        return _refused(attempt, error)


def _carry_out(attempt: Attempt) -> HttpResponse:
    form = ACT_FORMS[attempt.verb](data=filled(attempt.typed))
    faults = picked_words(posted=attempt.typed)
    if not form.is_valid():
        faults = {**flatten_fields(form.errors), **faults}
    if faults:
        raise InvalidError(fields=faults)
    act_with_photos(
        number=attempt.number,
        action=attempt.verb,
        actor=attempt.actor,
        at=timezone.now(),
        carried=form.carried(),
        version=form.seen_version,
        key=attempt.key,
        photos=new_photos(attempt.request, PROOF.get(attempt.verb, {}), limit=PHOTO_LIMIT),
    )
    return _done(attempt)


def _verb(action: str) -> Action:
    verb = next((verb for verb in MANNERS if verb.value == action), None)
    if verb is None:
        raise NotFoundError("没有这个动作。")
    return verb


def filled(typed: dict[str, str]) -> dict[str, Any]:
    """Give what was typed as the forms read it."""
    # An empty field of a form means "not given", as a missing one does in JSON.
    filled = {name: value for name, value in typed.items() if value.strip()}
    return filled | nested(typed)


def _done(attempt: Attempt) -> HttpResponse:
    try:
        pane = attempt.fresh_pane()
    except NotFoundError:
        notice = f"已{attempt.verb.label}，工单已转出您的范围。"
        context = {"number": attempt.number, "notice": notice}
        response = render(attempt.request, "console/_order_missing.html", context)
    else:
        pane.notice = f"已{attempt.verb.label}"
        response = render(attempt.request, "console/_order_pane.html", {"pane": pane})
    response["HX-Trigger"] = "console:acted"
    return response


def _again(attempt: Attempt, faults: Mapping[str, Sequence[str]]) -> HttpResponse:
    """Answer the form with its faults and everything that was typed."""
    try:
        pane = attempt.fresh_pane()
    except NotFoundError as error:
        return _refused(attempt, error)
    _keep(pane, attempt, faults)
    return render(attempt.request, "console/_order_pane.html", {"pane": pane}, status=422)


def _conflict(attempt: Attempt, error: ConflictError) -> HttpResponse:
    """Answer the fresh order with what was typed, in the form or, where it is gone, beside it."""
    try:
        pane = attempt.fresh_pane()
    except NotFoundError as gone:
        return _refused(attempt, gone)
    pane.conflict = error.detail
    _keep(pane, attempt, {})
    return render(attempt.request, "console/_order_pane.html", {"pane": pane}, status=409)


def _keep(pane: Pane, attempt: Attempt, faults: Mapping[str, Sequence[str]]) -> None:
    verb, typed = attempt.verb, attempt.typed
    for index, face in enumerate(pane.acts):
        if face.action == verb.value:
            hints = suggested(pane.order, verb, pane.suggestion)
            hints |= {"typed": typed, "errors": faults, "picked": picked(typed)}
            pane.acts[index] = act_face(action=verb, **hints)
            pane.open_act = verb.value
            return
    pane.kept = _typed_texts(verb, typed)


def picked(typed: dict[str, str]) -> dict[str, Choice]:
    """Tell what was chosen in the search boxes."""
    found: dict[str, Choice] = {}
    for box, fields in BOXES.items():
        for name in fields:
            if typed.get(name):
                found[box] = Choice(name, typed[name], typed.get(f"{box}_words", typed[name]))
    return found


def _typed_texts(verb: Action, typed: dict[str, str]) -> list[tuple[str, str]]:
    fields = ACT_FORMS[verb]().fields
    return [
        (str(field.label or name), typed.get(f"{name}_words") or typed[name])
        for name, field in fields.items()
        if name not in BESIDE and typed.get(name, "").strip()
    ] + [("办理内容", row["text"]) for row in typed_rows(typed).get("parts", []) if row.get("text")]


def _refused(attempt: Attempt, error: ForbiddenError | NotFoundError) -> HttpResponse:
    context = {"number": attempt.number, "notice": error.detail}
    return render(attempt.request, "console/_order_missing.html", context, status=error.status)


@require_POST
@login_required
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show who asked, unmasked, to those entitled; the purpose goes to the access log."""
    actor = page_actor(request)
    order = order_detail(number=number, scope=actor.scope)
    purpose = request.POST.get("purpose", "").replace("\x00", "").strip()
    context: dict[str, Any] = {"order": order, "purpose": purpose}
    if not purpose or len(purpose) > PURPOSE_LENGTH:
        context["error"] = f"请填写查看事由，不超过 {PURPOSE_LENGTH} 字"
        return render(request, "console/_reporter.html", context, status=422)
    context["details"] = reveal_reporter(
        order=order,
        actor=actor,
        at=timezone.now(),
        purpose=purpose,
        address=client_address(request),
    )
    return render(request, "console/_reporter.html", context)
