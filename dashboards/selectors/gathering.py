"""Alarms gathered into one line for each indicator: how many, where, and since when.

The page does the same with what it is pushed: static/js/wall/gathering.js.
"""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

Alarm = Mapping[str, Any]


def gather(alarms: Iterable[Alarm]) -> list[dict[str, Any]]:
    """Give a line for each indicator: those that last first, the newest of them before the rest."""
    gathered: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        gathered.setdefault(alarm["code"], []).append(alarm)
    lines = [_line(rows) for rows in gathered.values()]
    lines.sort(key=itemgetter("newest_at"), reverse=True)
    return sorted(lines, key=itemgetter("has_ended"))


def _line(alarms: list[Alarm]) -> dict[str, Any]:
    alarms.sort(key=itemgetter("red_at", "id"))
    ended = [alarm for alarm in alarms if alarm["ended_at"] is not None]
    return {
        "code": alarms[0]["code"],
        "name": alarms[0]["name"],
        "areas": list(dict.fromkeys(alarm["area"]["name"] for alarm in alarms)),
        "count": len(alarms),
        "ended_count": len(ended),
        "has_ended": len(ended) == len(alarms),
        "since": alarms[0]["red_at"],
        "newest_at": alarms[-1]["red_at"],
    }
