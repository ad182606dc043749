"""Check-ins at patrol points: on duty only, at the place or by its plate, once each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from governance.lib.errors import ConflictError, InvalidError
from grids.enums import CheckInWay
from grids.geometry import distance_m
from grids.models import CheckIn, Duty, PatrolPoint
from grids.selectors.patrols import CIRCLE_M
from grids.services.duties import LEEWAY, Told, instant_of, own_duty, resume_silent

# A fix less certain than this is no proof of having been somewhere (metres).
PROOF_M = 50.0


class OffDutyError(ConflictError):
    code = "off_duty"
    detail = "打卡时不在岗。"


class TooFarError(ConflictError):
    code = "too_far"


@dataclass(frozen=True)
class Presence:
    """What a phone says: at which point, how, when by its own clock, and where (WGS-84)."""

    id: UUID
    code: str
    way: CheckInWay
    device_at: datetime
    sent_at: datetime
    lon: float | None = None
    lat: float | None = None
    accuracy: float | None = None


@transaction.atomic
def check_in(*, user: User, duty_id: UUID, presence: Presence, at: datetime) -> CheckIn:
    """Put on record that somebody on duty was at a point; the same id again changes nothing.

    Raises InvalidError for a code of no point here, TooFarError outside the circle without the
    plate, OffDutyError outside the duty.
    """
    duty = own_duty(user=user, duty_id=duty_id)
    known = CheckIn.objects.filter(pk=presence.id).first()
    if known is not None:
        return _same(known, duty)
    point = PatrolPoint.objects.filter(code=presence.code, is_active=True).first()
    if point is None:
        raise InvalidError(
            "不是本区的巡查点，或已停用。", fields={"code": ["不是本区的巡查点，或已停用"]}
        )
    metres = _distance(point, presence)
    _refuse_far(presence, metres)
    told = Told(presence.device_at, presence.sent_at)
    found = _within(duty, instant_of(told=told, at=at), at)
    Duty.objects.filter(pk=duty.pk).update(heard_at=at)
    return CheckIn.objects.create(
        id=presence.id,
        point=point,
        duty=duty,
        worker=user,
        way=presence.way,
        at=found,
        device_at=presence.device_at,
        received_at=at,
        metres=metres,
        accuracy=presence.accuracy,
    )


def _same(known: CheckIn, duty: Duty) -> CheckIn:
    if known.duty_id != duty.pk:
        raise ConflictError("编号已被使用。", fields={"id": ["编号已被使用"]})
    return known


def _distance(point: PatrolPoint, presence: Presence) -> float | None:
    if presence.lon is None or presence.lat is None:
        return None
    return distance_m((presence.lon, presence.lat), (point.point.x, point.point.y))


def _refuse_far(presence: Presence, metres: float | None) -> None:
    """The plate proves by itself; without it the fix must be certain and inside the circle."""
    if presence.way != CheckInWay.PLACE:
        return
    if metres is None or presence.accuracy is None:
        raise InvalidError("定位打卡须有位置。", fields={"lon": ["定位打卡须有位置"]})
    if presence.accuracy > PROOF_M:
        raise TooFarError(f"定位精度 {presence.accuracy:.0f} 米，不足以打卡，请扫码。")
    if metres > CIRCLE_M + presence.accuracy:
        raise TooFarError(f"距巡查点 {metres:.0f} 米，须在 {CIRCLE_M:.0f} 米以内。")


def _within(duty: Duty, instant: datetime, at: datetime) -> datetime:
    if instant <= at:
        resume_silent(duty=duty, until=instant, at=at)
    last = duty.ended_at or at
    if not duty.started_at - LEEWAY <= instant <= last + LEEWAY:
        raise OffDutyError(fields={"device_at": ["不在此次在岗时间内"]})
    return min(max(instant, duty.started_at), last)
