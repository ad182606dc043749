"""A past stretch of time as it was on the wall: values a minute apart, states as they changed."""

from datetime import datetime, timedelta
from typing import Any

from dashboards.models import Indicator, Reading, StateChange, Wall
from dashboards.selectors.history import sample_at
from dashboards.selectors.index import index_of
from dashboards.selectors.tiles import vital_signs_of

MINUTE = timedelta(minutes=1)


Move = tuple[int, dict[str, Any]]


class _Recording:
    """How the vital signs stood, carried from minute to minute."""

    def __init__(self, signs: dict[int, Indicator], standing: dict[int, dict[str, Any]]) -> None:
        self.signs, self.standing = signs, standing

    def step(self, at: datetime, moves: list[Move]) -> dict[str, Any]:
        """Take up what moved in a minute; tell it, and what the index was after it."""
        self.standing |= dict(moves)
        moved = {pk for pk, _ in moves}
        states = {self.signs[pk].code: row["state"] for pk, row in self.standing.items()}
        return {
            "at": at,
            "rows": [{"code": self.signs[pk].code, **self.standing[pk]} for pk in moved],
            "index": index_of(states=states),
        }


def playback_content(*, wall: Wall, start: datetime, minutes: int) -> dict[str, Any]:
    """Give how all vital signs stood at the start, and what changed in each minute since."""
    signs = {sign.pk: sign for sign in vital_signs_of(area=wall.area)}
    end = start + minutes * MINUTE
    first = [
        (pk, {"value": value, "state": state})
        for pk, (value, state) in sample_at(area=wall.area, indicator_ids=signs, at=start).items()
    ]
    recording = _Recording(signs, {})
    moves = _moves(wall, signs, start, end)
    steps = [recording.step(start, first), *(recording.step(at, moves[at]) for at in sorted(moves))]
    return {"since": start, "until": end, "steps": steps}


def _moves(
    wall: Wall, by_pk: dict[int, Indicator], start: datetime, end: datetime
) -> dict[datetime, list[Move]]:
    """Gather what changed by the minute; a change of state is told in the minute it came."""
    moves: dict[datetime, list[Move]] = {}
    kept = {"area": wall.area, "indicator__in": list(by_pk)}
    readings = Reading.objects.filter(**kept, at__gt=start, at__lte=end).order_by("at")
    for pk, at, value, state in readings.values_list("indicator_id", "at", "value", "state"):
        moves.setdefault(at, []).append((pk, {"value": value, "state": state}))
    changes = StateChange.objects.filter(**kept, at__gt=start, at__lte=end).order_by("at")
    for pk, at, value, state in changes.values_list("indicator_id", "at", "value", "to_state"):
        minute = at.replace(second=0, microsecond=0)
        if minute > start:
            moves.setdefault(minute, []).append((pk, {"value": value, "state": state}))
    return moves
