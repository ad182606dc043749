"""Reads of the work on the ground: who is on duty where, and which way they went."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.enums import Right
from accounts.models import User
from governance.lib.days import start_of
from grids.geometry import Fix, length_m, stretches
from grids.models import Duty, TrackPiece, WorkerPosition
from grids.selectors.scopes import Scope, beneath

NEAREST = 20


def duties_of(*, user: User, scope: Scope, day: date) -> QuerySet[Duty]:
    """List the duties that began on a day: one's own, and those in areas one may watch."""
    began = start_of(day)
    duties = Duty.objects.filter(started_at__gte=began, started_at__lt=began + timedelta(days=1))
    seen = Q(worker=user) | beneath(scope, Right.VIEW_POSITIONS, "area")
    return duties.filter(seen).select_related("worker", "area").order_by("-started_at", "pk")


def own_duties(*, user: User, since: datetime) -> list[Duty]:
    """List one's own duties that run, or ran after an instant; newest first."""
    lately = Q(ended_at=None) | Q(ended_at__gte=since)
    duties = Duty.objects.filter(lately, worker=user).select_related("area")
    return list(duties.order_by("-started_at"))


def duty_of(*, user: User, scope: Scope, duty_id: UUID) -> Duty | None:
    """Find a duty that is one's own or lies in an area one may watch."""
    seen = Q(worker=user) | beneath(scope, Right.VIEW_POSITIONS, "area")
    return Duty.objects.filter(seen, pk=duty_id).select_related("worker", "area").first()


def positions(*, user: User, scope: Scope) -> QuerySet[WorkerPosition]:
    """List where the people on duty were last seen: oneself, and those one may watch."""
    seen = Q(worker=user) | beneath(scope, Right.VIEW_POSITIONS, "duty__area")
    return WorkerPosition.objects.filter(seen).select_related("worker", "duty__area")


def nearest_workers(*, user: User, scope: Scope, point: Point) -> QuerySet[WorkerPosition]:
    """List the people on duty nearest to a point (WGS-84) with their distance in metres."""
    near = positions(user=user, scope=scope).annotate(distance=Distance("point", point))
    return near.order_by("distance", "pk")[:NEAREST]


def track_of(*, duty: Duty) -> dict[str, Any]:
    """Draw the way of a duty as GeoJSON: one line per stretch, gaps as gaps."""
    lines = [stretch for stretch in stretches(list(_fixes(duty))) if len(stretch) > 1]
    features = [_line(stretch) for stretch in lines]
    return {"type": "FeatureCollection", "features": features}


def _fixes(duty: Duty) -> Iterator[Fix]:
    """Read the fixes of all batches in the order of time; batches may overlap after a resend."""
    pieces = TrackPiece.objects.filter(duty=duty).order_by("started_at", "pk")
    fixes = [
        Fix(began + second, lon, lat, accuracy)
        for piece in pieces
        for began in [piece.started_at.timestamp()]
        for second, lon, lat, accuracy in zip(
            piece.seconds, piece.longitudes, piece.latitudes, piece.accuracies, strict=True
        )
    ]
    yield from sorted(fixes, key=lambda fix: fix.second)


def _line(stretch: list[Fix]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [fix.place for fix in stretch]},
        "properties": {
            "began_at": _instant(stretch[0]),
            "ended_at": _instant(stretch[-1]),
            "metres": round(length_m(stretch)),
        },
    }


def _instant(fix: Fix) -> str:
    return datetime.fromtimestamp(fix.second, timezone.get_current_timezone()).isoformat()
