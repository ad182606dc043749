"""What is said over the socket: ids, numbers and states, never a text or a person's data."""

import json
from datetime import datetime
from typing import Any

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


def hello_frame(*, at: datetime, epoch: str, sequence: int) -> Frame:
    return {"type": "hello", "server_time": at.isoformat(), "epoch": epoch, "seq": sequence}


def ping_frame(*, at: datetime, epoch: str, sequence: int) -> Frame:
    """Show that the line lives, and up to which number all has been told."""
    return {"type": "ping", "at": at.isoformat(), "epoch": epoch, "seq": sequence}


def resync_frame() -> Frame:
    """Ask the page to read again: something may have been missed, or rights have changed."""
    return {"type": "resync"}


def encode(frame: Frame) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
