"""A sign that turns bad opens one work order with its owner, once per episode."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dashboards.enums import OrderAt
from dashboards.models import Episode, StateChange
from dashboards.services.revisions import next_revision
from dashboards.services.telling import tell_untold
from governance.lib.errors import DomainError
from workorders.enums import Action, Nature, Urgency
from workorders.models import Channel, WorkOrder
from workorders.report import Report
from workorders.services import Actor, Step, apply_steps, receive

logger = logging.getLogger(__name__)
CHANNEL = "vital-signs"
BATCH = 50
WANTED = Q(indicator__order_at=OrderAt.YELLOW) | Q(
    indicator__order_at=OrderAt.RED, red_at__isnull=False
)


def open_orders(*, at: datetime) -> int:
    """Open the orders of running episodes that want one and have none; return how many.

    Safe to repeat and to run side by side: the episode's number is the report's own number, so
    that a second look finds the first order.
    """
    waiting = Episode.objects.filter(WANTED, ended_at__isnull=True, order__isnull=True)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    opened = sum(_try_to_open(pk, at) for pk in keys)
    if opened:
        tell_untold()
    return opened


def _try_to_open(pk: int, at: datetime) -> bool:
    """Open one; what cannot be opened, such as for a category out of use, holds up no other."""
    try:
        return _open_order(pk, at)
    except DomainError as error:
        logger.error("no order for episode %s: %s %s", pk, error, error.fields)
        return False


@transaction.atomic
def _open_order(pk: int, at: datetime) -> bool:
    revision = next_revision()
    episode = (
        Episode.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("indicator__owner", "indicator__order_category", "area")
        .filter(pk=pk, order__isnull=True)
        .first()
    )
    if episode is None:
        return False
    order, is_new = receive(report=_report(episode), channel=_channel(), at=at)
    if is_new:
        _send_to_owner(episode, order, at)
    episode.order, episode.revision = order, revision
    episode.save(update_fields=["order", "revision"])
    return True


def _report(episode: Episode) -> Report:
    sign = episode.indicator
    change = StateChange.objects.filter(indicator=sign, area=episode.area).order_by("-at").first()
    reason = change.reason if change else ""
    return Report(
        channel=CHANNEL,
        external_number=f"episode-{episode.pk}",
        occurred_at=episode.red_at or episode.began_at,
        title=f"{episode.area.name}{sign.name}异常",
        text=f"{episode.area.name}「{sign.name}」{reason}。口径：{sign.definition or sign.name}。",
        category=sign.order_category.code if sign.order_category else "",
        nature=Nature.PATROL,
        urgency=Urgency.URGENT if episode.red_at else Urgency.NORMAL,
    )


def _channel() -> Channel:
    return Channel.objects.get_or_create(
        code=CHANNEL, defaults={"name": "城市体征", "adapter": CHANNEL}
    )[0]


def _send_to_owner(episode: Episode, order: WorkOrder, at: datetime) -> None:
    """Accept the order in the sign's area and send it to the owner; else it waits at the desk."""
    steps = [Step(Action.ACCEPT, {"area": episode.area})]
    if owner := episode.indicator.owner:
        steps.append(Step(Action.DISPATCH, {"department": owner}))
    try:
        with transaction.atomic():
            apply_steps(number=order.number, steps=steps, actor=Actor.system(), at=at)
    except DomainError as error:
        logger.warning("%s waits at the desk: %s", order.number, error)
