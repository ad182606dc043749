"""The newest happenings in an area, without a text, a name or a number of any person."""

from typing import Any

from dashboards.selectors.grids import COLUMNS
from grids.enums import AreaLevel
from grids.models import Area
from workorders.enums import ActorKind
from workorders.models import Event

EVENT_COUNT = 20
LOOK_BACK = 20_000  # events; keeps the look short in an area where little happens


def newest_events(*, area: Area) -> list[dict[str, Any]]:
    """List the newest events of an area's orders; confidential orders are left out."""
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    events = (
        Event.objects.filter(
            pk__gt=newest - LOOK_BACK,
            order__is_confidential=False,
            **{f"order__{COLUMNS[AreaLevel(area.level)]}": area.pk},
        )
        .select_related("order__street", "order__grid", "order__category")
        .order_by("-pk")[:EVENT_COUNT]
    )
    return [_as_line(event) for event in events]


def _as_line(event: Event) -> dict[str, Any]:
    order = event.order
    return {
        "number": order.number,
        "at": event.at,
        "action_label": event.get_action_display(),
        "actor_label": ActorKind(event.actor_kind).label,
        "street": order.street.name if order.street else "",
        "grid": order.grid.name if order.grid else "",
        "category": order.category.name if order.category else "",
        "state_label": order.get_state_display(),
    }
