"""A finding of a cross-check opens one work order with its owner, and hears how the order ended."""

import logging
from datetime import datetime

from django.db import transaction

from dashboards.models import FindingRemedy
from dashboards.services.telling import tell_untold
from datahub.enums import FindingState
from datahub.models import Finding
from datahub.selectors.findings import Told, area_of, told
from datahub.services import note_order, note_order_state
from governance.lib.errors import DomainError
from workorders.enums import Action, Nature
from workorders.models import Channel, WorkOrder
from workorders.report import Report
from workorders.services import Actor, Step, apply_steps, receive
from workorders.workflow import ENDED

logger = logging.getLogger(__name__)
CHANNEL = "cross-checks"
BATCH = 200


def open_finding_orders(*, at: datetime) -> int:
    """Open the orders that findings want and do not have, up to each check's cap for its run.

    Safe to repeat and to run side by side: the finding's number is the report's own number.
    """
    opened = sum(_of_check(remedy, at) for remedy in _remedies())
    if opened:
        tell_untold()
    return opened


def _remedies() -> list[FindingRemedy]:
    wanted = FindingRemedy.objects.filter(is_active=True, cross_check__is_active=True)
    related = wanted.select_related("cross_check", "category", "owner")
    return list(related.filter(cross_check__ran_at__isnull=False).order_by("pk"))


def _of_check(remedy: FindingRemedy, at: datetime) -> int:
    check = remedy.cross_check
    findings = Finding.objects.filter(cross_check=check)
    left = remedy.cap - findings.filter(ordered_at__gte=check.ran_at).count()
    if left <= 0:
        return 0
    waiting = findings.filter(state=FindingState.OPEN, order_number="")
    keys = list(waiting.order_by("first_seen_at", "pk").values_list("pk", flat=True)[:left])
    names = told(check) if keys else Told(None, None)
    return sum(_try_to_open(pk, remedy, names, at) for pk in keys)


def _try_to_open(pk: int, remedy: FindingRemedy, names: Told, at: datetime) -> bool:
    """Open one; what cannot be opened holds up no other."""
    try:
        return _open(pk, remedy, names, at)
    except DomainError as error:
        logger.error("no order for finding %s: %s %s", pk, error, error.fields)
        return False


@transaction.atomic
def _open(pk: int, remedy: FindingRemedy, names: Told, at: datetime) -> bool:
    locked = Finding.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    rows = locked.select_related("cross_check", "district", "street", "community", "grid")
    finding = rows.filter(pk=pk, state=FindingState.OPEN, order_number="").first()
    if finding is None:
        return False
    report = _report(finding, remedy, names, at)
    order, is_new = receive(report=report, channel=_channel(), at=at)
    if is_new:
        _send_to_owner(finding, remedy, order, at)
    return note_order(finding=finding, number=order.number, at=at)


def _report(finding: Finding, remedy: FindingRemedy, names: Told, at: datetime) -> Report:
    """Write an order without personal data: whoever handles it reads the finding by right."""
    check, label = finding.cross_check, names.label_of(finding)
    about = "；".join(filter(None, (label, names.key_of(finding), check.about)))
    area = area_of(finding)
    return Report(
        channel=CHANNEL,
        external_number=f"finding-{finding.pk}",
        occurred_at=at,
        title=f"{area.name if area else ''}数据比对疑点：{check.name}"[:100],
        text=f"数据比对发现疑点「{check.name}」：{about}。见数据比对，疑点 {finding.pk}。",
        lon=finding.lon,
        lat=finding.lat,
        grid=finding.grid.code if finding.grid and finding.lon is None else "",
        category=remedy.category.code if remedy.category else "",
        nature=Nature.PATROL,
        is_demo=check.sides.filter(resource__is_demo=True).exists(),
    )


def _channel() -> Channel:
    return Channel.objects.get_or_create(
        code=CHANNEL, defaults={"name": "数据比对", "adapter": CHANNEL}
    )[0]


def _send_to_owner(finding: Finding, remedy: FindingRemedy, order: WorkOrder, at: datetime) -> None:
    """Accept the order in its area and send it to the owner; else it waits at the desk."""
    if remedy.owner is None:
        return
    area = area_of(finding)
    steps = [
        Step(Action.ACCEPT, {"area": area} if area else {}),
        Step(Action.DISPATCH, {"department": remedy.owner}),
    ]
    try:
        with transaction.atomic():
            apply_steps(number=order.number, steps=steps, actor=Actor.system(), at=at)
    except DomainError as error:
        logger.warning("%s waits at the desk: %s", order.number, error)


def follow_finding_orders(*, at: datetime) -> int:
    """Tell findings whose order has ended, or goes on again; return how many were told."""
    ordered = Finding.objects.exclude(order_number="")
    running = ordered.filter(order_ended_at__isnull=True).values("order_number")
    orders = WorkOrder.objects.filter(channel__code=CHANNEL)
    ended = orders.filter(number__in=running, state__in=ENDED)[:BATCH]
    endings: dict[str, tuple[datetime, str] | None] = {
        one.number: (one.closed_at or at, one.get_state_display()) for one in ended
    }
    over = ordered.filter(order_ended_at__isnull=False, state=FindingState.ORDERED)
    again = orders.filter(number__in=over.values("order_number")).exclude(state__in=ENDED)
    endings.update(dict.fromkeys(again.values_list("number", flat=True)[:BATCH]))
    return note_order_state(endings=endings)
