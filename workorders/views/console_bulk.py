"""One act on many orders from the console: those that are ticked, or all that match the filters."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from governance.lib.errors import ConflictError, InvalidError, NotFoundError, flatten_fields
from workorders.enums import Action
from workorders.forms import ACT_FORMS
from workorders.forms.bulk import MOST_MATCHING, read_ticked
from workorders.forms.rendering import ActFace, act_face, picked_words
from workorders.selectors.bulk import bulk_outcome
from workorders.services import Actor, ask_bulk
from workorders.tasks import ring_bulk
from workorders.views.console import viewer
from workorders.views.console_acts import filled, picked
from workorders.views.console_queue import match_orders
from workorders.workflow import TABLE

# What is said once for many; photos, proofs and results are each order's own.
BULK_ACTS = (
    Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.PASS_CHECK, Action.SUPERVISE,
    Action.INSTRUCT, Action.REMARK, Action.SEND_BACK, Action.APPROVE, Action.REFUSE, Action.REWORK,
    Action.RESUME, Action.RECLASSIFY, Action.EXCLUDE, Action.REJECT, Action.CANCEL,
)  # fmt: skip

Rows = list[tuple[str, int | None]]


@require_safe
@login_required
@never_cache
def panel(request: HttpRequest) -> HttpResponse:
    """Offer the acts that a person may do on many orders."""
    if not request.headers.get("HX-Request"):
        return redirect("workorders:console")
    return _panel(request, viewer(request))


def _panel(
    request: HttpRequest,
    actor: Actor,
    *,
    open_act: str = "",
    face: ActFace | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    acts = [
        face if face is not None and face.action == verb.value else act_face(action=verb)
        for verb in BULK_ACTS
        if _may_somewhere(verb, actor)
    ]
    context = {"acts": acts, "open_act": open_act, "problem": problem, "key": uuid4().hex}
    return render(request, "console/_bulk.html", context, status=status)


def _may_somewhere(verb: Action, actor: Actor) -> bool:
    rights = {rule.right for (_, action), rule in TABLE.items() if action is verb}
    return any(actor.scope.has_anywhere(right) for right in rights)


@require_http_methods(["POST"])
@login_required
@never_cache
def act(request: HttpRequest, action: str) -> HttpResponse:
    """Ask for one act on many orders; the answer is the job as it stands, or the form again."""
    actor = viewer(request)
    verb = next((verb for verb in BULK_ACTS if verb.value == action), None)
    if verb is None or not _may_somewhere(verb, actor):
        raise NotFoundError("没有这个动作。")
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    try:
        carried, rows = _carried(verb, typed), _rows(typed, actor)
        uuid = _ask(actor, verb, carried, rows, typed)
    except (InvalidError, ConflictError) as error:
        return _again(request, actor, verb, typed, error)
    ring_bulk()
    return _outcome(request, uuid, _person(actor))


def _carried(verb: Action, typed: dict[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in filled(typed).items() if name != "version"}
    form, faults = ACT_FORMS[verb](data=given), picked_words(posted=typed)
    if not form.is_valid():
        faults = {**flatten_fields(form.errors), **faults}
    if faults:
        raise InvalidError(fields=faults)
    return form.carried()


def _rows(typed: Mapping[str, str], actor: Actor) -> Rows:
    """Read which orders are meant: the ticked ones, or all that the queue's address matches."""
    if "query" not in typed:
        return read_ticked(typed.get("orders", ""))
    params = QueryDict(typed["query"].replace("\x00", "")[:4000])
    found = match_orders(params=params, actor=actor, at=timezone.now(), limit=MOST_MATCHING + 1)
    if len(found) > MOST_MATCHING:
        raise InvalidError(f"符合条件的工单超过 {MOST_MATCHING:,} 张，请缩小范围后再批量办理。")
    if not found:
        raise InvalidError("没有符合条件的工单。")
    return [(row.number, row.version) for row in found]


def _ask(
    actor: Actor, verb: Action, carried: dict[str, Any], rows: Rows, typed: Mapping[str, str]
) -> UUID:
    key = typed.get("key", "").replace("\x00", "")[:36]
    return ask_bulk(
        actor=_person(actor), action=verb, carried=carried, rows=rows, at=timezone.now(), key=key
    ).uuid


def _person(actor: Actor) -> User:
    assert actor.user is not None  # noqa: S101  # for the type checker
    return actor.user


def _again(
    request: HttpRequest,
    actor: Actor,
    verb: Action,
    typed: dict[str, str],
    error: InvalidError | ConflictError,
) -> HttpResponse:
    faults: Mapping[str, Sequence[str]] = error.fields
    face = act_face(action=verb, typed=typed, errors=faults, picked=picked(typed))
    problem = "" if faults else error.detail
    return _panel(request, actor, open_act=verb.value, face=face, problem=problem, status=422)


@require_safe
@login_required
@never_cache
def outcome(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer what has become of one's own act on many orders."""
    if not request.headers.get("HX-Request"):
        return redirect("workorders:console")
    return _outcome(request, uuid, _person(viewer(request)))


def _outcome(request: HttpRequest, uuid: UUID, user: User) -> HttpResponse:
    return render(
        request, "console/_bulk_outcome.html", {"outcome": bulk_outcome(uuid=uuid, user=user)}
    )
