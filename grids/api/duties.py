"""Duty on the ground through the API: begin, end, send positions, see who is where."""

from typing import Any
from uuid import UUID

import numpy as np
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.errors import NotFoundError
from governance.lib.fields import DegreesField, InstantField
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS
from grids.models import Area, Duty, TrackPiece, WorkerPosition
from grids.selectors.duties import duties_of, duty_of, nearest_workers, positions
from grids.services import current_scope
from grids.services.duties import Fixes, Told, begin_duty, end_duty, record_track, view_track

FIXES_LIMIT = 5000
COLUMNS = 4
# Column of a fix: its name, its least and its greatest value.
BOUNDS = (
    (0, "时间", 0.0, 4e9),
    (1, "经度", -180.0, 180.0),
    (2, "纬度", -90.0, 90.0),
    (3, "精度", 0.0, 1e6),
)


FIX_SCHEMA = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


@extend_schema_field({"type": "array", "items": FIX_SCHEMA, "maxItems": FIXES_LIMIT})
class FixesField(serializers.Field[Any, Any, Any, Any]):
    """Rows of [seconds since 1970, longitude, latitude, accuracy in metres], as one array.

    A field for each number of each fix would cost more than everything else together.
    """

    default_error_messages = {
        "shape": _("每个点须为 [时间, 经度, 纬度, 精度] 四个数"),
        "empty": _("没有点"),
        "many": _("一次最多 {limit} 个点"),
        "bounds": _("第 {row} 个点的{name}不在 {low:g} 至 {high:g} 之间"),
    }

    def to_internal_value(self, data: Any) -> np.ndarray:
        if not isinstance(data, list) or not data:
            self.fail("empty")
        if len(data) > FIXES_LIMIT:
            self.fail("many", limit=FIXES_LIMIT)
        rows = self._numbers(data)
        for column, name, low, high in BOUNDS:
            values = rows[:, column]
            wrong = np.flatnonzero(~((values >= low) & (values <= high)))  # nan is wrong, too
            if len(wrong):
                self.fail("bounds", row=int(wrong[0]) + 1, name=name, low=low, high=high)
        return rows

    def _numbers(self, data: list[Any]) -> np.ndarray:
        try:
            rows = np.array(data)
        except ValueError:  # rows of different lengths
            self.fail("shape")
        if rows.ndim != 2 or rows.shape[1] != COLUMNS or rows.dtype.kind not in "if":
            self.fail("shape")
        return rows.astype(np.float64, copy=False)

    def to_representation(self, value: Any) -> Any:
        return value


class ToldSerializer(serializers.Serializer[Any]):
    """When it was by the phone's clock, for a phone that had no line; both times or none."""

    device_at = InstantField(required=False, help_text="当时的手机时间")
    sent_at = InstantField(required=False, help_text="发送时的手机时间，用来校正手机时钟")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        times = {"device_at", "sent_at"}
        if len(times & attrs.keys()) == 1:
            missing = (times - attrs.keys()).pop()
            raise serializers.ValidationError({missing: [_("请同时给出 device_at 和 sent_at")]})
        return attrs

    @property
    def told(self) -> Told | None:
        known = self.validated_data
        return Told(known["device_at"], known["sent_at"]) if "sent_at" in known else None


class DutyBeginSerializer(ToldSerializer):
    id = serializers.UUIDField(help_text="由手机给出，重发时不变")
    area = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Area.objects.all(),
        required=False,
        help_text="网格编码；只有一个网格时可不填",
    )


class TrackSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="由手机给出，重发时不变")
    sent_at = InstantField(help_text="发送时的手机时间，用来校正手机时钟")
    fixes = FixesField(help_text="[[时间（1970 年起的秒数，手机时钟）, 经度, 纬度, 精度（米）], …]")


class PersonSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()


class GridDutySerializer(serializers.ModelSerializer[Duty]):
    worker = PersonSerializer()
    area = serializers.CharField(source="area.code")
    area_name = serializers.CharField(source="area.name")

    class Meta:
        model = Duty
        fields = [
            "id", "worker", "area", "area_name", "started_at", "ended_at", "heard_at", "is_silent",
        ]  # fmt: skip
        read_only_fields = fields


class TrackPieceSerializer(serializers.ModelSerializer[TrackPiece]):
    """What became of a batch: how many fixes are kept, how many lay outside the duty."""

    kept = serializers.SerializerMethodField()

    class Meta:
        model = TrackPiece
        fields = ["id", "kept", "dropped", "skew_seconds", "received_at"]
        read_only_fields = fields

    def get_kept(self, piece: TrackPiece) -> int:
        return len(piece.seconds)


class PositionSerializer(serializers.ModelSerializer[WorkerPosition]):
    worker = PersonSerializer()
    duty = serializers.UUIDField(source="duty_id")
    area = serializers.CharField(source="duty.area.code")
    area_name = serializers.CharField(source="duty.area.name")
    since = serializers.DateTimeField(source="duty.started_at", help_text="上岗时间")
    lon = serializers.FloatField(source="point.x")
    lat = serializers.FloatField(source="point.y")
    metres = serializers.SerializerMethodField(help_text="到所问地点的距离；没有问时为空")

    class Meta:
        model = WorkerPosition
        fields = [
            "worker", "duty", "area", "area_name", "since", "at", "lon", "lat", "accuracy",
            "metres",
        ]  # fmt: skip
        read_only_fields = fields

    def get_metres(self, position: WorkerPosition) -> int | None:
        distance = getattr(position, "distance", None)
        return None if distance is None else round(distance.m)


class DayQuerySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(required=False, help_text="缺省为今天")


class NearQuerySerializer(serializers.Serializer[Any]):
    """With `lon` and `lat` (WGS-84): the nearest people first, with their distance."""

    lon = DegreesField(min_value=-180, max_value=180, required=False)
    lat = DegreesField(min_value=-90, max_value=90, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) == 1:
            missing = "lat" if "lon" in attrs else "lon"
            raise serializers.ValidationError({missing: [_("请同时给出 lon 和 lat")]})
        return attrs


class DutyListSerializer(serializers.Serializer[Any]):
    results = GridDutySerializer(many=True)


class PositionListSerializer(serializers.Serializer[Any]):
    results = PositionSerializer(many=True)


class DutiesView(APIView):
    @extend_schema(
        operation_id="duties_begin",
        request=DutyBeginSerializer,
        responses={200: GridDutySerializer, **ERRORS},
        tags=["duties"],
    )
    def post(self, request: Request) -> Response:
        """Begin one's duty in one's grid; who is on duty gets the duty that runs."""
        asked = DutyBeginSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        known = asked.validated_data
        duty = begin_duty(
            user=request.user,  # type: ignore[arg-type]
            duty_id=known["id"],
            area=known.get("area"),
            at=timezone.now(),
            told=asked.told,
        )
        return Response(GridDutySerializer(duty).data)

    @extend_schema(
        operation_id="duties_list",
        parameters=[DayQuerySerializer],
        responses={200: DutyListSerializer, **ERRORS},
        tags=["duties"],
    )
    def get(self, request: Request) -> Response:
        """List the duties of a day: one's own, and those in areas one may watch."""
        asked = DayQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        day = asked.validated_data.get("day", timezone.localdate())
        user: Any = request.user
        duties = duties_of(user=user, scope=current_scope(user=user), day=day)
        return Response({"results": GridDutySerializer(duties, many=True).data})


class DutyView(APIView):
    @extend_schema(
        operation_id="duties_read",
        responses={200: GridDutySerializer, **ERRORS},
        tags=["duties"],
    )
    def get(self, request: Request, duty_id: UUID) -> Response:
        """Read a duty: one's own, or one in an area that one may watch."""
        user: Any = request.user
        duty = duty_of(user=user, scope=current_scope(user=user), duty_id=duty_id)
        if duty is None:
            raise NotFoundError
        return Response(GridDutySerializer(duty).data)


class DutyEndView(APIView):
    @extend_schema(
        operation_id="duties_end",
        request=ToldSerializer,
        responses={200: GridDutySerializer, **ERRORS},
        tags=["duties"],
    )
    def post(self, request: Request, duty_id: UUID) -> Response:
        """End one's duty; ending it again changes nothing."""
        asked = ToldSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        duty = end_duty(user=user, duty_id=duty_id, at=timezone.now(), told=asked.told)
        return Response(GridDutySerializer(duty).data)


class DutyTrackView(APIView):
    @extend_schema(
        operation_id="duties_send_track",
        request=TrackSerializer,
        responses={200: TrackPieceSerializer, **ERRORS},
        tags=["duties"],
    )
    def post(self, request: Request, duty_id: UUID) -> Response:
        """Send fixes of one's duty; the same id again gets the first answer."""
        asked = TrackSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        known = asked.validated_data
        piece = record_track(
            user=request.user,  # type: ignore[arg-type]
            duty_id=duty_id,
            fixes=Fixes(known["id"], known["sent_at"], known["fixes"]),
            at=timezone.now(),
        )
        return Response(TrackPieceSerializer(piece).data)

    @extend_schema(
        operation_id="duties_track",
        responses={(200, "application/geo+json"): OpenApiTypes.OBJECT, **ERRORS},
        tags=["duties"],
    )
    def get(self, request: Request, duty_id: UUID) -> Response:
        """Draw the way of a duty as GeoJSON; looking at somebody else's is put on record."""
        user: Any = request.user
        duty = duty_of(user=user, scope=current_scope(user=user), duty_id=duty_id)
        if duty is None:
            raise NotFoundError
        address = client_address(request._request)
        track = view_track(duty=duty, viewer=user, at=timezone.now(), address=address)
        return Response(track, content_type="application/geo+json")


class PositionsView(APIView):
    @extend_schema(
        operation_id="positions_list",
        parameters=[NearQuerySerializer],
        responses={200: PositionListSerializer, **ERRORS},
        tags=["duties"],
    )
    def get(self, request: Request) -> Response:
        """List where the people on duty were last seen, in the areas one may watch."""
        asked = NearQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        scope, near = current_scope(user=user), asked.validated_data
        if near:
            point = Point(near["lon"], near["lat"], srid=4326)
            found = nearest_workers(user=user, scope=scope, point=point)
        else:
            found = positions(user=user, scope=scope).order_by("duty__area__code", "pk")
        return Response({"results": PositionSerializer(found, many=True).data})
