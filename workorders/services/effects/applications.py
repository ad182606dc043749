"""What a holder asks for (more time, a pause, a return), and what a supervisor decides."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from governance.lib.errors import ConflictError, InvalidError
from workorders.enums import ApplicationKind, ApplicationState, ClockKind
from workorders.models import Application, Clock, WorkOrder
from workorders.selectors import pending_application
from workorders.services.effects.base import Act, Effect, LimitInPastError
from workorders.services.effects.holding import take_back
from workorders.workflow import Road

ROADS = {
    ApplicationKind.EXTENSION: Road.EXTENSION,
    ApplicationKind.SUSPENSION: Road.SUSPENSION,
    ApplicationKind.RETURN: Road.RETURN,
}


def request_extension(order: WorkOrder, act: Act) -> Effect:
    until = act.later("until")
    _check_longer(order, until)
    return _ask(order, act, ApplicationKind.EXTENSION, until)


def request_suspension(order: WorkOrder, act: Act) -> Effect:
    return _ask(order, act, ApplicationKind.SUSPENSION, act.later("until"))


def request_return(order: WorkOrder, act: Act) -> Effect:
    return _ask(order, act, ApplicationKind.RETURN, None)


def _ask(order: WorkOrder, act: Act, kind: ApplicationKind, until: datetime | None) -> Effect:
    reason, pending = act.text("reason"), pending_application(order)
    if pending is not None:
        raise ConflictError(
            f"已有一项{pending.get_kind_display()}申请待审批。", code="application_pending"
        )
    application = Application.objects.create(
        order=order,
        kind=kind,
        reason=reason,
        until=until,
        asked_at=act.at,
        asked_by=act.actor.label[:100],
        department=order.department,
    )
    return Effect(note=reason, content=_told(application))


def approve(order: WorkOrder, act: Act) -> Effect:
    """Grant what is asked: the road says which of the three it was."""
    application = _decide(order, act, ApplicationState.APPROVED)
    effect = _GRANTS[ApplicationKind(application.kind)](order, act, application)
    application.save()
    return replace(
        effect,
        note=str(act.carried.get("note") or ""),
        content={**_told(application), **effect.content},
        road=ROADS[ApplicationKind(application.kind)],
    )


def refuse(order: WorkOrder, act: Act) -> Effect:
    reason = act.text("reason")
    application = _decide(order, act, ApplicationState.REFUSED)
    application.save()
    return Effect(note=reason, content=_told(application))


def resume(order: WorkOrder, act: Act) -> Effect:
    return Effect(note=str(act.carried.get("note") or ""))


def _decide(order: WorkOrder, act: Act, state: ApplicationState) -> Application:
    application = pending_application(order)
    if application is None:
        raise ConflictError("没有待审批的申请。", code="no_application")
    application.state, application.decided_at = state, act.at
    application.decided_by = act.actor.label[:100]
    return application


def _grant_extension(order: WorkOrder, act: Act, application: Application) -> Effect:
    until = _still_ahead(act, application)
    _check_longer(order, until)
    # The breach of the clock stays on record; the order is not late against its new deadline.
    order.is_overdue = False
    return Effect(deadlines={ClockKind.RESOLUTION: until})


def _grant_suspension(order: WorkOrder, act: Act, application: Application) -> Effect:
    application.resume_at = _still_ahead(act, application)
    return Effect()


def _grant_return(order: WorkOrder, act: Act, application: Application) -> Effect:
    return take_back(order, application.reason)


_GRANTS = {
    ApplicationKind.EXTENSION: _grant_extension,
    ApplicationKind.SUSPENSION: _grant_suspension,
    ApplicationKind.RETURN: _grant_return,
}


def _still_ahead(act: Act, application: Application) -> datetime:
    if application.until is None or application.until <= act.at:
        raise LimitInPastError("申请的日期已过，请不同意此申请，由承办单位重新申请。")
    return application.until


def _check_longer(order: WorkOrder, until: datetime) -> None:
    clock = Clock.objects.filter(
        order=order, kind=ClockKind.RESOLUTION, met_at__isnull=True
    ).first()
    if clock is None:
        raise ConflictError("此单没有办理时限，无须延期。", code="no_deadline")
    if until <= clock.due_at:
        raise InvalidError(
            "延期须晚于现在的时限。", code="not_longer", fields={"until": ["须晚于现在的时限"]}
        )


def _told(application: Application) -> dict[str, Any]:
    """Give what an event says of an application."""
    until = {"until": application.until.isoformat()} if application.until else {}
    return {"kind": application.kind, **until}
