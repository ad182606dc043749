"""The grid worker's phone pages under /m/."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Right
from governance.lib.errors import ConflictError, DomainError, ForbiddenError
from governance.lib.requests import client_address
from grids.selectors.posts import posts_in_force
from workorders.enums import Action, PhotoStage, State
from workorders.forms import ACT_FORMS, patrol_report, read_form
from workorders.models import Channel, Photo, WorkOrder
from workorders.selectors import (
    TODO_STATES,
    WAITING_STATES,
    holder_above,
    order_detail,
    own_acts,
    own_grids,
    own_reports,
    page_channel,
    pending_application,
    pickable_categories,
    read_todo,
    suspended_until,
    usual_categories,
)
from workorders.services import (
    Actor,
    act_with_photos,
    permitted_actions,
    report_and_self_handle,
    report_with_photos,
    reveal_reporter,
)
from workorders.views.answers import done, new_photos, wants_json
from workorders.views.shell import shell_version

PHONE_ACTS = (
    Action.SIGN, Action.RESOLVE, Action.REMARK, Action.SEND_BACK, Action.REPORT_VERIFICATION,
    Action.RESUME, Action.PASS_UP, Action.REQUEST_EXTENSION, Action.REQUEST_SUSPENSION,
    Action.REQUEST_RETURN,
)  # fmt: skip
# Acts after which the order is no longer in one's hands.
LEAVING = frozenset({
    Action.RESOLVE, Action.SEND_BACK, Action.REPORT_VERIFICATION, Action.PASS_UP,
})  # fmt: skip
PHOTOS = {
    Action.RESOLVE: {"before": PhotoStage.BEFORE, "after": PhotoStage.AFTER},
    Action.REPORT_VERIFICATION: {"before": PhotoStage.BEFORE},
}
# What a phone that has signed without network may go on with.
AFTER_SIGNING = (Action.RESOLVE, Action.REQUEST_EXTENSION)
PHOTO_LIMIT = 9
VIEWS = {"todo": TODO_STATES, "waiting": WAITING_STATES}
DONE_WORDS = {
    Action.SIGN: gettext_lazy("已签收，请尽快联系诉求人。"),
    Action.RESOLVE: gettext_lazy("已办结上报，等待核查。"),
    Action.REMARK: gettext_lazy("已记录。"),
    Action.SEND_BACK: gettext_lazy("已退回，由中心重新派发。"),
    Action.REPORT_VERIFICATION: gettext_lazy("核实情况已反馈给中心。"),
    Action.RESUME: gettext_lazy("已恢复办理。"),
    Action.PASS_UP: gettext_lazy("已上报上一级。"),
    Action.REQUEST_EXTENSION: gettext_lazy("延期申请已提交，等待审批。"),
    Action.REQUEST_SUSPENSION: gettext_lazy("挂账申请已提交，等待审批。"),
    Action.REQUEST_RETURN: gettext_lazy("退回申请已提交，等待审批。"),
}


@require_safe
@never_cache
@login_required
def todo(request: HttpRequest) -> HttpResponse:
    """List the orders in one's hands, the nearest deadline first."""
    actor = signed_in(request)
    view = request.GET.get("view", "todo")
    if view not in VIEWS:
        raise Http404
    found = read_todo(scope=actor.scope, states=VIEWS[view])
    totals = {
        name: sum(found.counts.get(state, 0) for state in states) for name, states in VIEWS.items()
    }
    context = {
        "view": view,
        "orders": found.orders,
        "totals": totals,
        "unsigned": found.counts.get(State.DISPATCHED, 0),
        "is_worker": _works_on_phone(actor),
        "is_cut": totals[view] > len(found.orders),
    }
    return phone_page(request, "todo", actor, context)


@require_safe
@never_cache
@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order with the acts that its state and one's posts allow."""
    return order_page(request, number, signed_in(request))


@require_POST
@never_cache
@login_required
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Apply one act with its photos; a refusal keeps what was typed."""
    if verb not in PHONE_ACTS:
        raise Http404
    actor, action = signed_in(request), Action(verb)
    try:
        _apply(request, number, action, actor)
    except DomainError as error:
        if wants_json(request) or error.status == 404:
            raise
        return order_page(request, number, actor, verb=verb, problem=error)
    messages.success(request, str(DONE_WORDS[action]))
    return done(request, _after(number, action))


def _after(number: str, action: Action) -> str:
    """Choose the page after an act: the order, or the list where it left one's hands."""
    if action in LEAVING:
        return reverse("workorders:mobile-todo")
    return reverse("workorders:mobile-order", args=[number])


def _apply(request: HttpRequest, number: str, action: Action, actor: Actor) -> None:
    # An empty field of a form means "not given", as a missing one does in JSON.
    typed = {name: value for name, value in request.POST.dict().items() if value}
    form = read_form(ACT_FORMS[action](data=typed))
    key = request.POST.get("key", "")[:36].replace("\x00", "")
    act_with_photos(
        number=number,
        action=action,
        actor=actor,
        at=timezone.now(),
        carried=form.carried(),
        version=form.seen_version,
        # The order and the act are in the key: one form's key never answers for another's.
        key=f"{number}:{action.value}:{key}" if key else "",
        photos=new_photos(request, PHOTOS.get(action, {}), limit=PHOTO_LIMIT),
    )


@never_cache
@login_required
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Show the reporter's telephone for a call from the place; the view goes on record."""
    if request.method != "POST":
        return redirect("workorders:mobile-order", number)
    actor = signed_in(request)
    found = order_detail(number=number, scope=actor.scope)
    reporter = reveal_reporter(
        order=found,
        actor=actor,
        at=timezone.now(),
        purpose=_("现场联系"),
        address=client_address(request),
    )
    return order_page(request, number, actor, extra={"revealed": reporter})


def order_page(
    request: HttpRequest,
    number: str,
    actor: Actor,
    *,
    verb: str = "",
    problem: DomainError | None = None,
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Render an order afresh, with what was typed where an act on it was refused."""
    found = order_detail(number=number, scope=actor.scope)
    context = {
        "order": found,
        "acts": _acts(found, actor),
        "clocks": [
            clock for clock in found.clocks.all() if clock.met_at is None and not clock.paused_at
        ],
        "pending": pending_application(found),
        "suspension": suspended_until(found),
        "above": holder_above(found),
        "albums": _albums(found),
        "may_call": actor.scope.covers(Right.VIEW_PERSONAL, found),
        "problem_verb": verb,
        "stamp": stamp_of(found),
        "typed": request.POST if problem else {},
        **(extra or {}),
    }
    return phone_page(request, "order", actor, context, problem)


def stamp_of(found: WorkOrder) -> str:
    """Give what changes with every event of an order."""
    return f"{found.number}.{found.last_sequence}"


def _albums(found: WorkOrder) -> list[tuple[str, list[Photo]]]:
    """Group an order's photos by stage."""
    rows = [
        (str(stage.label), [photo for photo in found.photos.all() if photo.stage == stage])
        for stage in PhotoStage
    ]
    return [(label, photos) for label, photos in rows if photos]


def _acts(found: WorkOrder, actor: Actor) -> dict[str, dict[str, str]]:
    """Give each allowed act a key of its own, so that a double tap counts once.

    What signing will allow is there as well, hidden: without network nobody can be asked.
    """
    permitted, allowed = permitted_actions(order=found, actor=actor), {}
    ahead = AFTER_SIGNING if Action.SIGN in permitted else ()
    for action in PHONE_ACTS:
        if action in permitted or action in ahead:
            allowed[action.value] = {
                "key": uuid4().hex,
                "url": reverse("workorders:mobile-act", args=[found.number, action.value]),
                "next": _after(found.number, action),
                "label": str(action.label),
                "done": str(DONE_WORDS[action]),
                "ahead": "" if action in permitted else Action.SIGN.value,
            }
    return allowed


@never_cache
@login_required
def report(request: HttpRequest) -> HttpResponse:
    """Report what was found, or report and close what was put right on the spot."""
    actor = signed_in(request)
    if not actor.scope.has_anywhere(Right.REPORT_ORDERS):
        raise ForbiddenError(_("您的岗位没有上报的权限。"))
    if request.method != "POST":
        return report_page(request, actor)
    try:
        found, is_new = _send_report(request, actor)
    except DomainError as error:
        if wants_json(request):
            raise
        return report_page(request, actor, problem=error)
    messages.success(request, _sent_words(found, is_new=is_new) % found.number)
    return done(request, reverse("workorders:mobile-report"))


def _sent_words(found: WorkOrder, *, is_new: bool) -> str:
    if not is_new:
        return _("这一条先前已经收到，编号 %s")
    is_closed = found.state == State.CLOSED
    return _("已自行处置并结案，编号 %s") if is_closed else _("已上报，编号 %s")


def _send_report(request: HttpRequest, actor: Actor) -> tuple[WorkOrder, bool]:
    """Register the form's report; tell whether it is new."""
    at = timezone.now()
    facts = patrol_report(request.POST, at=at)
    channel = open_channel("patrol")
    if request.POST.get("mode") != "self_handle":
        photos = new_photos(request, {"photos": PhotoStage.REPORT}, limit=PHOTO_LIMIT)
        return report_with_photos(report=facts, channel=channel, at=at, actor=actor, photos=photos)
    stages = {"photos": PhotoStage.BEFORE, "after": PhotoStage.AFTER}
    form = read_form(ACT_FORMS[Action.SELF_HANDLE](data={"result": request.POST.get("result", "")}))
    return report_and_self_handle(
        report=facts,
        channel=channel,
        actor=actor,
        at=at,
        photos=new_photos(request, stages, limit=PHOTO_LIMIT),
        carried=form.carried(),
    )


def open_channel(code: str) -> Channel:
    """Find the channel of our own page; raise ConflictError where it is switched off."""
    channel = page_channel(code=code)
    if channel is None:
        raise ConflictError(_("上报渠道已停用，请联系管理员。"), code="channel_closed")
    return channel


def report_page(
    request: HttpRequest, actor: Actor, *, problem: DomainError | None = None
) -> HttpResponse:
    """Render the report form, with what was typed where it was refused."""
    assert actor.user is not None  # noqa: S101  # for the type checker
    categories = pickable_categories()
    usual = usual_categories(user=actor.user, categories=categories)
    context = {
        "usual": usual,
        "others": [row for row in categories if row not in usual],
        "grids": own_grids(scope=actor.scope),
        "record_uuid": request.POST.get("record_uuid") or uuid4(),
        "typed": request.POST if problem else {},
    }
    return phone_page(request, "report", actor, context, problem)


@require_safe
@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Show one's posts, grids and own day; nobody is ranked."""
    actor = signed_in(request)
    assert actor.user is not None  # noqa: S101  # for the type checker
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    acts = own_acts(user=actor.user, since=today)
    day = [
        (_("上报") if action is Action.REGISTER else action.label, acts.get(action.value, 0))
        for action in (Action.REGISTER, Action.SIGN, Action.RESOLVE, Action.SELF_HANDLE)
    ]
    context = {
        "person": actor.user,
        "posts": posts_in_force(user=actor.user, on=today.date()),
        "day": day,
        "reports": own_reports(user=actor.user, since=today),
    }
    return phone_page(request, "me", actor, context)


def phone_page(
    request: HttpRequest,
    name: str,
    actor: Actor,
    context: Mapping[str, Any],
    problem: DomainError | None = None,
) -> HttpResponse:
    """Render a page of the phone with the tabs that this person can use."""
    may_report = actor.scope.has_anywhere(Right.REPORT_ORDERS)
    assert actor.user is not None  # noqa: S101  # for the type checker
    known = {
        **context,
        "tab": name,
        "may_report": may_report,
        "problem": problem,
        "rendered_at": timezone.now(),
        "shell_version": shell_version(),
    }
    status = problem.status if problem else 200
    answer = render(request, f"mobile/{name}.html", known, status=status)
    # The phone keeps pages by person, and knows which of them have changed.
    answer["Yiwang-Person"] = str(actor.user.pk)
    answer["Yiwang-Version"] = known["shell_version"]
    answer["Yiwang-Stamp"] = str(known.get("stamp", ""))
    return answer


def signed_in(request: HttpRequest) -> Actor:
    assert request.user.is_authenticated  # noqa: S101  # for the type checker
    return Actor.from_user(request.user)


def _works_on_phone(actor: Actor) -> bool:
    rights = (Right.HANDLE_ORDERS, Right.REPORT_ORDERS)
    return any(actor.scope.has_anywhere(right) for right in rights)
