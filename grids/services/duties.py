"""Duty on the ground: it begins and ends, and takes positions only in between."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from grids.models import Area, Duty, TrackPiece, WorkerPosition
from grids.selectors.duties import track_of
from grids.selectors.posts import worked_grids

# A difference of clocks below this is the way through the network.
TRUSTED_SKEW = timedelta(seconds=30)
# No phone's clock is further off; what is, is no instant at all.
WORST_SKEW = timedelta(days=60 * 365)
# A fix may be this much ahead of the server, or behind the instant when the duty began.
LEEWAY = timedelta(seconds=30)
# Nobody works longer: a duty of which nothing was heard for this long has ended.
SILENT_AFTER = timedelta(hours=3)
# A beginning that a phone had no line to tell is taken this long afterwards.
TOLD_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """When something was by a phone's clock, and what that clock showed when it was sent."""

    device_at: datetime
    sent_at: datetime


@dataclass(frozen=True)
class Fixes:
    """What a phone sends at once.

    `rows` has four columns: seconds since 1970 by the phone's clock, longitude and latitude in
    WGS-84 degrees, accuracy in metres. `sent_at` is the phone's clock when it sent them.
    """

    id: UUID
    sent_at: datetime
    rows: np.ndarray


@transaction.atomic
def begin_duty(
    *, user: User, duty_id: UUID, area: Area | None, at: datetime, told: Told | None = None
) -> Duty:
    """Let a grid worker's duty begin in one of the own grids; who is on duty stays so.

    It begins when the phone says, where that had no line. Raises ForbiddenError without a post as
    grid worker (there), ConflictError a week too late. The same id again, or another phone of the
    same person, gets the duty that runs.
    """
    place = _own_grid(user, area, at)
    User.objects.select_for_update().get(pk=user.pk)  # two phones at once begin one duty
    known = Duty.objects.filter(pk=duty_id).first()
    if known is not None and known.worker_id != user.pk:
        raise NotFoundError(fields={"id": ["编号已被使用"]})
    running = known or Duty.objects.filter(worker=user, ended_at=None).first()
    if running is not None:
        return running
    began = min(instant_of(told=told, at=at), at) if told else at
    if at - began > TOLD_WITHIN:
        raise ConflictError("上岗已过去一周以上，不再登记。", fields={"device_at": ["超过一周"]})
    return Duty.objects.create(
        id=duty_id, worker=user, area=place, started_at=began, heard_at=at, recorded_at=at
    )


def _own_grid(user: User, area: Area | None, at: datetime) -> Area:
    grids = worked_grids(user=user, on=timezone.localdate(at))
    if area is None and grids:
        return grids[0]
    if area is None or area not in grids:
        raise ForbiddenError("您不是该网格的网格员。", fields={"area": ["不是您的网格"]})
    return area


@transaction.atomic
def end_duty(*, user: User, duty_id: UUID, at: datetime, told: Told | None = None) -> Duty:
    """End a duty; the newest position is forgotten at once. Ending twice changes nothing.

    What the phone says of its end goes before an end that was only silence.
    """
    duty = own_duty(user=user, duty_id=duty_id)
    if duty.ended_at is None or duty.is_silent:
        ended = min(instant_of(told=told, at=at), at) if told else duty.ended_at or at
        duty.ended_at, duty.is_silent = max(ended, duty.started_at), False
        duty.save(update_fields=["ended_at", "is_silent"])
        WorkerPosition.objects.filter(duty=duty).delete()
    return duty


def own_duty(*, user: User, duty_id: UUID) -> Duty:
    """Lock one of one's duties; raises NotFoundError for somebody else's."""
    duty = Duty.objects.select_for_update().filter(pk=duty_id, worker=user).first()
    if duty is None:
        raise NotFoundError("没有这次在岗记录。")
    return duty


def resume_silent(*, duty: Duty, until: datetime, at: datetime) -> None:
    """Take back or move an end that was only silence: the phone shows that work went on.

    The duty runs again where it still may; another one that began meanwhile bounds it.
    """
    if not duty.is_silent or duty.ended_at is None or until <= duty.ended_at:
        return
    later = Duty.objects.filter(worker=duty.worker_id, started_at__gte=duty.ended_at)
    bound = later.exclude(pk=duty.pk).order_by("started_at").first()
    if bound is None and at - until <= SILENT_AFTER:
        duty.ended_at, duty.is_silent = None, False
    else:
        duty.ended_at = min(until, at, *([bound.started_at] if bound else []))
    duty.save(update_fields=["ended_at", "is_silent"])


@transaction.atomic
def record_track(*, user: User, duty_id: UUID, fixes: Fixes, at: datetime) -> TrackPiece:
    """Keep a batch of fixes once, and move the person's newest position.

    Fixes outside the duty are not kept, only counted. A wrong clock of the phone is put right by
    the difference at sending. The same id again gets the first answer.
    """
    duty = own_duty(user=user, duty_id=duty_id)
    skew_seconds = skew_of(sent_at=fixes.sent_at, at=at)
    newest = min(float(fixes.rows[:, 0].max()) + skew_seconds, at.timestamp())
    resume_silent(duty=duty, until=datetime.fromtimestamp(newest, UTC), at=at)
    piece = _cut(duty, fixes, skew_seconds, at)
    if not _keep(piece):
        return _known_piece(fixes.id, duty)
    Duty.objects.filter(pk=duty.pk).update(heard_at=at)
    if duty.ended_at is None and piece.seconds:
        _move(user, duty, piece)
    return piece


# Raw, because the ORM handles each number of each fix by itself: most of the time of a batch.
KEEP = """
INSERT INTO grids_trackpiece (id, duty_id, received_at, skew_seconds, started_at, ended_at, dropped,
    seconds, longitudes, latitudes, accuracies)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s::int[], %s::float8[], %s::float8[], %s::float8[])
ON CONFLICT (id) DO NOTHING
"""


def _keep(piece: TrackPiece) -> bool:
    """Insert a piece; tell whether its id is new."""
    head = (
        str(piece.pk), str(piece.duty_id), piece.received_at, piece.skew_seconds,
        piece.started_at, piece.ended_at, piece.dropped,
    )  # fmt: skip
    columns = (piece.seconds, piece.longitudes, piece.latitudes, piece.accuracies)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [*head, *(f"{{{','.join(map(repr, one))}}}" for one in columns)])
        return cursor.rowcount == 1


def _known_piece(piece_id: UUID, duty: Duty) -> TrackPiece:
    known = TrackPiece.objects.filter(pk=piece_id, duty=duty).first()
    if known is None:
        raise ConflictError("编号已被使用。", fields={"id": ["编号已被使用"]})
    return known


def skew_of(*, sent_at: datetime, at: datetime) -> int:
    """Tell by how many seconds a phone is behind the server; 0 for what the network takes.

    Raises InvalidError where they are so far apart that the phone's time means nothing.
    """
    skew = at - sent_at
    if abs(skew) > WORST_SKEW:
        raise InvalidError("手机时间有误。", fields={"sent_at": ["与服务器时间相差过大"]})
    return round(skew.total_seconds()) if abs(skew) > TRUSTED_SKEW else 0


def instant_of(*, told: Told, at: datetime) -> datetime:
    """Put an instant of a phone's clock right by the server's; raises as `skew_of` does."""
    skew = timedelta(seconds=skew_of(sent_at=told.sent_at, at=at))
    try:
        return told.device_at + skew
    except OverflowError:  # beyond the years that there are
        return told.device_at


def _cut(duty: Duty, fixes: Fixes, skew_seconds: int, at: datetime) -> TrackPiece:
    """Put the clock right, sort by time and leave out what lies outside the duty."""
    instants = np.rint(fixes.rows[:, 0]).astype(np.int64) + skew_seconds
    first = (duty.started_at - LEEWAY).timestamp()
    last = ((duty.ended_at or at) + LEEWAY).timestamp()
    inside = np.flatnonzero((instants >= first) & (instants <= last))
    order = inside[np.argsort(instants[inside], kind="stable")]
    kept, rows = instants[order], fixes.rows[order]
    began, ended = (int(kept[0]), int(kept[-1])) if len(kept) else (int(first), int(first))
    return TrackPiece(
        id=fixes.id,
        duty=duty,
        received_at=at,
        skew_seconds=skew_seconds,
        started_at=datetime.fromtimestamp(began, UTC),
        ended_at=datetime.fromtimestamp(ended, UTC),
        seconds=(kept - began).tolist(),
        longitudes=rows[:, 1].tolist(),
        latitudes=rows[:, 2].tolist(),
        accuracies=rows[:, 3].tolist(),
        dropped=len(instants) - len(kept),
    )


# A batch that was long on its way must not move somebody back.
MOVE = """
INSERT INTO grids_workerposition AS known (worker_id, duty_id, at, point, accuracy)
VALUES (%s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s)
ON CONFLICT (worker_id) DO UPDATE SET duty_id = excluded.duty_id, at = excluded.at,
    point = excluded.point, accuracy = excluded.accuracy
WHERE known.duty_id <> excluded.duty_id OR known.at <= excluded.at
"""


def _move(user: User, duty: Duty, piece: TrackPiece) -> None:
    place = (piece.longitudes[-1], piece.latitudes[-1], piece.accuracies[-1])
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [user.pk, duty.pk, piece.ended_at, *place])


def end_unposted_duties(*, user: User, at: datetime) -> int:
    """End the duty of somebody who holds no post in its grid any more: no more positions."""
    grids = [grid.pk for grid in worked_grids(user=user, on=timezone.localdate(at))]
    lost = Duty.objects.filter(worker=user, ended_at=None).exclude(area__in=grids)
    WorkerPosition.objects.filter(duty__in=lost).delete()
    return lost.update(ended_at=Greatest(F("started_at"), Value(at)))


@transaction.atomic
def end_silent_duties(*, at: datetime) -> int:
    """End the duties of which nothing was heard for hours, at the instant they were last heard."""
    silent = Duty.objects.filter(ended_at=None, heard_at__lt=at - SILENT_AFTER)
    ids = list(silent.select_for_update(skip_locked=True).values_list("pk", flat=True))
    WorkerPosition.objects.filter(duty__in=ids).delete()
    return Duty.objects.filter(pk__in=ids).update(ended_at=F("heard_at"), is_silent=True)


def forget_tracks(*, at: datetime) -> int:
    """Delete the fixes that are older than `POSITION_DAYS`; return how many pieces went."""
    limit = at - timedelta(days=settings.POSITION_DAYS)
    return TrackPiece.objects.filter(received_at__lt=limit).delete()[0]


def view_track(*, duty: Duty, viewer: User, at: datetime, address: str | None) -> dict[str, Any]:
    """Give the way of a duty as GeoJSON; who looks at somebody else's is on record first."""
    if duty.worker_id != viewer.pk:
        record_access(
            kind=AccessKind.TRACK_VIEWED,
            at=at,
            user=viewer,
            address=address,
            subject=duty.worker.username,
            purpose=f"{timezone.localtime(duty.started_at):%Y-%m-%d %H:%M} {duty.area.name}",
        )
    return track_of(duty=duty)
