"""Live pushes: frames go through one Redis channel to one subscriber in each server process."""

from dashboards.push.bus import BusError, Claim, Message, publish, publish_rights, release
from dashboards.push.hub import TRY_AGAIN, Hub, current_hub
from dashboards.push.lines import Place, write
from dashboards.push.mailbox import Granted, Mailbox, Written
from dashboards.push.snapshots import register_snapshot
from dashboards.push.topics import (
    EVERYTHING,
    area_topic,
    department_topic,
    figures_topic,
    key_of,
    kind_of,
    order_topic,
    reports_topic,
    wall_topic,
)
from dashboards.push.wishes import BadWishError, Wish, read_wish

__all__ = [
    "EVERYTHING",
    "TRY_AGAIN",
    "BadWishError",
    "BusError",
    "Claim",
    "Granted",
    "Hub",
    "Mailbox",
    "Message",
    "Place",
    "Wish",
    "Written",
    "area_topic",
    "current_hub",
    "department_topic",
    "figures_topic",
    "key_of",
    "kind_of",
    "order_topic",
    "publish",
    "publish_rights",
    "read_wish",
    "register_snapshot",
    "release",
    "reports_topic",
    "wall_topic",
    "write",
]
