"""The phone's patrol page: duty, the points of the day, and the way that was gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.lib.days import start_of
from grids.models import Duty
from grids.selectors.duties import own_duties, track_of
from grids.selectors.patrols import CIRCLE_M, Round, rounds_of
from grids.selectors.posts import worked_grids
from workorders.selectors.maps import Drawing, own_map
from workorders.views.mobile import phone_page, signed_in


@dataclass(frozen=True)
class Way:
    """The way of a day as paths of a drawing: one for each stretch, nothing between them."""

    paths: list[str]
    kilometres: float
    gaps: int
    last: str  # "second,lon,lat" of the newest point, where the phone goes on drawing


@require_safe
@never_cache
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Show the points of today in one's own grids, on a map with today's way."""
    actor = signed_in(request)
    user: Any = actor.user
    midnight = start_of(timezone.localdate())
    grids = worked_grids(user=user, on=midnight.date())
    rounds = rounds_of(grids=[grid.pk for grid in grids], day=midnight.date())
    duties = own_duties(user=user, since=midnight)
    drawing = own_map(grids=grids, scope=actor.scope) if grids else None
    context = {
        "grids": grids,
        "rounds": rounds,
        "day": midnight,
        "running": next((duty for duty in duties if duty.ended_at is None), None),
        "planned": sum(one.planned for one in rounds),
        "seen": sum(one.done for one in rounds),
        "drawing": drawing,
        "marks": drawing.marks([_Stop(one) for one in rounds]) if drawing else [],
        "way": _way(drawing, duties) if drawing else None,
        "circle": round(CIRCLE_M),
        "position_days": settings.POSITION_DAYS,
    }
    return phone_page(request, "patrol", actor, context)


class _Stop:
    """A point of the day as a mark of the map."""

    def __init__(self, one: Round) -> None:
        self.point = one.point.point
        self.code = one.point.code
        self.is_seen = one.done >= one.planned


def _way(drawing: Drawing, duties: Iterable[Duty]) -> Way:
    tracks = [track_of(duty=duty)["features"] for duty in duties]
    lines = list(chain.from_iterable(tracks))
    newest = max(lines, key=lambda line: line["properties"]["ended_at"], default=None)
    metres = sum(line["properties"]["metres"] for line in lines)
    return Way(
        paths=[drawing.line(line["geometry"]["coordinates"]) for line in lines],
        kilometres=round(metres / 1000, 1),
        gaps=sum(max(len(features) - 1, 0) for features in tracks),
        last=_last(newest) if newest else "",
    )


def _last(line: dict[str, Any]) -> str:
    second = datetime.fromisoformat(line["properties"]["ended_at"]).timestamp()
    lon, lat = line["geometry"]["coordinates"][-1]
    return f"{second:.0f},{lon},{lat}"
