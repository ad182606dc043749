"""What is said over the socket: ids, numbers and states, never a text or a person's data."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from dashboards.push.lines import Place

Frame = dict[str, Any]


def order_frame(*, number: str, action: str, state: str, version: int, at: datetime) -> Frame:
    """Tell that an order changed; the page re-reads it with its reader's own rights."""
    return {
        "type": "order",
        "number": number,
        "action": action,
        "state": state,
        "version": version,
        "at": at.isoformat(),
    }


def gone_frame(frame: Frame) -> Frame:
    """Tell those who lost sight of an order by the act no more than that it is gone."""
    return {"type": "order", "number": frame["number"], "gone": True}


def figures_frame(*, area_codes: list[str]) -> Frame:
    return {"type": "figures", "areas": area_codes}


def values_frame(
    *, revision: int, rows: list[dict[str, Any]], index: Mapping[str, Any] | None
) -> Frame:
    """Give the values that changed, absolute, and the index if a state may have moved it."""
    return {"type": "values", "revision": revision, "rows": rows, "index": index}


def alarms_frame(*, revision: int, alarms: list[dict[str, Any]]) -> Frame:
    """Give the episodes that began, worsened, were acknowledged, got their order or ended."""
    return {"type": "alarms", "revision": revision, "alarms": alarms}


def reports_frame(*, department_id: int) -> Frame:
    """Tell that what waits for a department's decision has changed; its pages read it again."""
    return {"type": "reports", "department": department_id}


def hello_frame(*, at: datetime, places: Mapping[str, Place], reread: Collection[str]) -> Frame:
    """Say what the socket hears from where; `reread` names what the page must read anew."""
    return {
        "type": "hello",
        "server_time": at.isoformat(),
        "topics": as_pairs(places),
        "reread": sorted(reread),
    }


def ping_frame(*, at: datetime, places: Mapping[str, Place]) -> Frame:
    """Show that the line lives, and up to which number of each topic all has been told."""
    return {"type": "ping", "at": at.isoformat(), "topics": as_pairs(places)}


def snapshot_frame(*, topic: str, place: Place, state: Mapping[str, Any]) -> Frame:
    """Give a topic's state as it stood at this place or later."""
    return {
        "type": "snapshot",
        "topic": topic,
        "epoch": place.epoch,
        "seq": place.seq,
        "state": state,
    }


def resync_frame() -> Frame:
    """Ask the page to subscribe again from its places: something may have been missed."""
    return {"type": "resync"}


def refused_frame(*, code: str, topic: str = "") -> Frame:
    """Tell that a topic or a message was refused; whether the topic exists is not told."""
    return {"type": "refused", "code": code, **({"topic": topic} if topic else {})}


def as_pairs(places: Mapping[str, Place]) -> dict[str, tuple[str, int]]:
    return {topic: (place.epoch, place.seq) for topic, place in places.items()}
