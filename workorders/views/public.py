"""The residents' pages: report without an account, follow by number and code."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance.lib.errors import ConflictError, DomainError, InvalidError, NotFoundError
from governance.lib.rates import TooManyError, count_use, uses
from governance.lib.requests import client_address
from grids.selectors import district_name
from grids.selectors.outlines import public_outlines
from workorders.enums import Action, PhotoStage, Satisfaction
from workorders.forms import ACT_FORMS, public_report, read_form
from workorders.models import Channel, WorkOrder
from workorders.selectors import page_channel
from workorders.selectors.tracking import progress_of, tracked_order
from workorders.services import Actor, apply, report_with_photos
from workorders.views.answers import done, new_photos, wants_json

PHOTO_LIMIT = 6
HOUR = 3600
signer = signing.TimestampSigner(salt="public-report")


@never_cache
def report(request: HttpRequest) -> HttpResponse:
    """Take a resident's report; without JavaScript, too."""
    if request.method != "POST":
        return report_page(request)
    try:
        order = _send(request)
    except DomainError as error:
        if wants_json(request):
            raise
        return report_page(request, problem=error)
    where = reverse("workorders:track-order", args=[order.number, order.tracking_code])
    return done(request, f"{where}?received=1")


def _send(request: HttpRequest) -> WorkOrder:
    check_person(request)
    count_use(
        what="report", who=visitor(request), limit=settings.PUBLIC_REPORTS_PER_HOUR, seconds=HOUR
    )
    at = timezone.now()
    order, _is_new = report_with_photos(
        report=public_report(request.POST, at=at),
        channel=public_channel(),
        at=at,
        photos=new_photos(request, {"photos": PhotoStage.REPORT}, limit=PHOTO_LIMIT),
    )
    return order


def check_person(request: HttpRequest) -> None:
    """Refuse what only a program does: fill in the hidden field, or answer within two seconds."""
    if request.POST.get("website"):
        raise InvalidError(_("提交没有通过校验，请刷新页面后重填。"), code="not_a_person")
    try:
        signer.unsign(request.POST.get("started", ""), max_age=settings.PUBLIC_FORM_HOURS * HOUR)
    except signing.BadSignature as error:  # an expired one, too
        raise InvalidError(
            _("页面打开太久，请再点一次提交。"), code="form_expired", extra={"started": stamp()}
        ) from error
    if _is_too_quick(request.POST["started"]):
        raise InvalidError(_("提交得太快了，请过几秒再点一次。"), code="too_quick")


def _is_too_quick(started: str) -> bool:
    try:
        signer.unsign(started, max_age=settings.PUBLIC_FORM_SECONDS)
    except signing.SignatureExpired:
        return False
    return settings.PUBLIC_FORM_SECONDS > 0


def stamp() -> str:
    return signer.sign("form")


def public_channel() -> Channel:
    channel = page_channel(code="public")
    if channel is None:
        raise ConflictError(_("网上反映暂停使用，请拨打 12345。"), code="channel_closed")
    return channel


def report_page(request: HttpRequest, *, problem: DomainError | None = None) -> HttpResponse:
    """Render the form, with what was typed where it was refused."""
    context = {
        "district": district_name(),
        "page": "report",
        "record_uuid": request.POST.get("record_uuid") or uuid4(),
        "started": stamp(),
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    status = problem.status if problem else 200
    return render(request, "public/report.html", context, status=status)


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Draw the streets for the map on which a resident marks a place."""
    known = public_outlines()
    headers = {"ETag": f'"{known.tag}"', "Cache-Control": f"public, max-age={HOUR}"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(known.content, content_type="application/geo+json", headers=headers)


@never_cache
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and code, and open the order that both name."""
    if request.method != "POST":
        return track_page(request)
    number = request.POST.get("number", "").strip()
    code = request.POST.get("code", "").strip().upper()
    try:
        order = open_order(request, number, code)
    except DomainError as error:
        return track_page(request, problem=error)
    return redirect("workorders:track-order", order.number, order.tracking_code)


def track_page(request: HttpRequest, *, problem: DomainError | None = None) -> HttpResponse:
    context = {
        "district": district_name(),
        "page": "track",
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    status = problem.status if problem else 200
    return render(request, "public/track.html", context, status=status)


@require_safe
@never_cache
def track_order(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Show how an order stands to whoever has its number and code."""
    try:
        order = open_order(request, number, code)
    except DomainError as error:
        return track_page(request, problem=error)
    page = progress_page(request, order)
    page["X-Robots-Tag"] = "noindex"  # a link that was shared by mistake stays out of searches
    return page


@require_POST
@never_cache
def answer(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Take the resident's word on whether it is solved; "no" sends it back to be handled."""
    return act_by_link(request, number, code, Action.FOLLOW_UP, _answered)


@require_POST
@never_cache
def reopen(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Have a closed order handled again, as the resident's own link allows."""
    return act_by_link(request, number, code, Action.REOPEN, _reason)


def act_by_link(
    request: HttpRequest,
    number: str,
    code: str,
    action: Action,
    read: Callable[[HttpRequest], dict[str, Any]],
) -> HttpResponse:
    """Act as the resident of an order; a refusal shows the page with what was typed."""
    try:
        order = open_order(request, number, code)
    except DomainError as error:
        return track_page(request, problem=error)
    try:
        apply(
            number=order.number,
            action=action,
            actor=Actor.resident(),
            at=timezone.now(),
            carried=read(request),
        )
    except DomainError as error:
        return progress_page(request, tracked_order(number=number, code=code), problem=error)
    return redirect("workorders:track-order", order.number, order.tracking_code)


def _reason(request: HttpRequest) -> dict[str, Any]:
    form = ACT_FORMS[Action.REOPEN](data={"reason": request.POST.get("reason", "")})
    carried: dict[str, Any] = read_form(form).carried()
    return carried


def _answered(request: HttpRequest) -> dict[str, Any]:
    solved = request.POST.get("is_solved", "")
    if solved not in ("yes", "no"):
        raise InvalidError(fields={"is_solved": [_("请选择是否解决")]})
    note = request.POST.get("note", "").strip()
    if solved == "no" and not note:
        raise InvalidError(fields={"note": [_("请写明哪里没有解决")]})
    satisfaction = request.POST.get("satisfaction", "") if solved == "yes" else ""
    content = {"is_reached": True, "is_solved": solved == "yes", "note": note}
    form = ACT_FORMS[Action.FOLLOW_UP](data={**content, "satisfaction": satisfaction})
    carried: dict[str, Any] = read_form(form).carried()
    return carried


def progress_page(
    request: HttpRequest, order: WorkOrder, *, problem: DomainError | None = None
) -> HttpResponse:
    link = reverse("workorders:track-order", args=[order.number, order.tracking_code])
    context = {
        "district": district_name(),
        "page": "track",
        "progress": progress_of(order, at=timezone.now()),
        "satisfactions": Satisfaction.choices,
        "link": request.build_absolute_uri(link),
        "is_new": "received" in request.GET,
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    status = problem.status if problem else 200
    return render(request, "public/progress.html", context, status=status)


def open_order(request: HttpRequest, number: str, code: str) -> WorkOrder:
    """Find the order; wrong guesses from one address are counted and end in TooManyError."""
    who = visitor(request)
    if uses(what="guess", who=who, seconds=HOUR) >= settings.PUBLIC_GUESSES_PER_HOUR:
        raise TooManyError(_("查询失败次数过多，请一小时后再试。"))
    try:
        return tracked_order(number=number, code=code)
    except NotFoundError:
        uses(what="guess", who=who, seconds=HOUR, more=1)
        raise


def visitor(request: HttpRequest) -> str:
    return client_address(request) or "unknown"
