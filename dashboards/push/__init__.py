"""Live pushes: frames go through one Redis channel to one subscriber in each server process."""

from dashboards.push.bus import BusError, Message, claim, publish, release
from dashboards.push.hub import Hub, Mailbox, current_hub
from dashboards.push.topics import EVERYTHING, area_topic, department_topic, figures_topic

__all__ = [
    "EVERYTHING",
    "BusError",
    "Hub",
    "Mailbox",
    "Message",
    "area_topic",
    "claim",
    "current_hub",
    "department_topic",
    "figures_topic",
    "publish",
    "release",
]
