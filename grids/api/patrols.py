"""Patrols through the API: what is to be visited today, check-ins, and how much is done."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.fields import CleanCharField, DegreesField, InstantField
from governance.lib.schema import ERRORS
from grids.enums import CheckInWay
from grids.models import CheckIn
from grids.selectors.patrols import coverage_of, rounds_of
from grids.selectors.posts import worked_grids
from grids.services import current_scope
from grids.services.patrols import Presence, check_in


class CheckInRequestSerializer(serializers.Serializer[Any]):
    """A visit of a point: by the plate's QR or its typed code, or by a fix within 30 m of it."""

    id = serializers.UUIDField(help_text="由手机给出，重发时不变")
    code = CleanCharField(max_length=20, help_text="巡查点编码，即二维码的内容")
    way = serializers.ChoiceField(choices=CheckInWay.choices)
    device_at = InstantField(help_text="打卡时的手机时间")
    sent_at = InstantField(help_text="发送时的手机时间，用来校正手机时钟")
    lon = DegreesField(min_value=-180, max_value=180, required=False, allow_null=True)
    lat = DegreesField(min_value=-90, max_value=90, required=False, allow_null=True)
    accuracy = DegreesField(min_value=0, required=False, allow_null=True, help_text="精度（米）")


class CheckInSerializer(serializers.ModelSerializer[CheckIn]):
    code = serializers.CharField(source="point.code")
    name = serializers.CharField(source="point.name")

    class Meta:
        model = CheckIn
        fields = ["id", "code", "name", "way", "at", "device_at", "received_at", "metres"]
        read_only_fields = fields


class RoundSerializer(serializers.Serializer[Any]):
    """A point of the day: how often it is planned, and when it was visited."""

    code = serializers.CharField(source="point.code")
    name = serializers.CharField(source="point.name")
    grid = serializers.CharField(source="point.area.code")
    lon = serializers.FloatField(source="point.point.x")
    lat = serializers.FloatField(source="point.point.y")
    planned = serializers.IntegerField()
    done = serializers.IntegerField()
    visits = serializers.ListField(child=serializers.DateTimeField())


class RoundListSerializer(serializers.Serializer[Any]):
    results = RoundSerializer(many=True)


class CoverageSerializer(serializers.Serializer[Any]):
    grid = serializers.CharField(source="area.code")
    name = serializers.CharField(source="area.name")
    points = serializers.IntegerField()
    planned = serializers.IntegerField()
    done = serializers.IntegerField(help_text="每点最多计到计划次数")
    share = serializers.FloatField(allow_null=True, help_text="0 至 1；当日无计划时为空")


class CoverageListSerializer(serializers.Serializer[Any]):
    results = CoverageSerializer(many=True)


class PatrolDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(required=False, help_text="缺省为今天")


class CheckInsView(APIView):
    @extend_schema(
        operation_id="duties_check_in",
        request=CheckInRequestSerializer,
        responses={200: CheckInSerializer, **ERRORS},
        tags=["patrols"],
    )
    def post(self, request: Request, duty_id: UUID) -> Response:
        """Check in at a point during one's duty; the same id again gets the first answer."""
        asked = CheckInRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        presence = Presence(**asked.validated_data)
        user: Any = request.user
        found = check_in(user=user, duty_id=duty_id, presence=presence, at=timezone.now())
        return Response(CheckInSerializer(found).data)


class PatrolsView(APIView):
    @extend_schema(
        operation_id="patrols_list",
        parameters=[PatrolDaySerializer],
        responses={200: RoundListSerializer, **ERRORS},
        tags=["patrols"],
    )
    def get(self, request: Request) -> Response:
        """List the points that a day's plans want visited in one's own grids."""
        user: Any = request.user
        day = _day(request)
        grids = [area.pk for area in worked_grids(user=user, on=day)]
        rounds = rounds_of(grids=grids, day=day)
        return Response({"results": RoundSerializer(rounds, many=True).data})


class CoverageView(APIView):
    @extend_schema(
        operation_id="patrols_coverage",
        parameters=[PatrolDaySerializer],
        responses={200: CoverageListSerializer, **ERRORS},
        tags=["patrols"],
    )
    def get(self, request: Request) -> Response:
        """Say by grid how much of a day's plan is done, in the areas whose orders one may see."""
        scope = current_scope(user=request.user)  # type: ignore[arg-type]
        rows = coverage_of(scope=scope, day=_day(request))
        return Response({"results": CoverageSerializer(rows, many=True).data})


def _day(request: Request) -> Any:
    asked = PatrolDaySerializer(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return asked.validated_data.get("day", timezone.localdate())
