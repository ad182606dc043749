"""Freshness and quality through the API: by department, by resource, and the reminders."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import OwnerSerializer, reader_of
from datahub.enums import Dimension, Reach
from datahub.selectors import resource_for
from datahub.selectors.quality import boards_of, reminders_for, standing_of, standings_for
from datahub.states import Freshness
from governance.lib.errors import InvalidError
from governance.lib.fields import CONTROL
from governance.lib.schema import ERRORS

FRESHNESS = [(state.value, state.name) for state in Freshness]


class MeasureSerializer(serializers.Serializer[Any]):
    about = serializers.CharField(help_text="查的是什么")
    checked = serializers.IntegerField(help_text="查了多少")
    failed = serializers.IntegerField(help_text="其中多少不合要求")
    weight = serializers.IntegerField(help_text="权重；0 只作说明")


class DimensionSerializer(serializers.Serializer[Any]):
    dimension = serializers.ChoiceField(choices=Dimension.choices)
    score = serializers.FloatField(help_text="0 到 100")
    reasons = MeasureSerializer(many=True, help_text="扣分的原因，最差的在前")


class ResourceQualitySerializer(serializers.Serializer[Any]):
    resource = serializers.CharField(source="resource.code")
    name = serializers.CharField(source="resource.name")
    department = serializers.CharField(source="resource.department.code")
    freshness = serializers.ChoiceField(choices=FRESHNESS)
    loaded_at = serializers.DateTimeField(source="resource.loaded_at", allow_null=True)
    due_at = serializers.DateTimeField(source="resource.due_at", allow_null=True)
    days_late = serializers.FloatField(help_text="逾期天数")
    score = serializers.FloatField(allow_null=True, help_text="没有量过的为空")
    scores = DimensionSerializer(many=True)


class ResourcesQualitySerializer(serializers.Serializer[Any]):
    results = ResourceQualitySerializer(many=True)


class BoardSerializer(serializers.Serializer[Any]):
    department = OwnerSerializer()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="各状态的资源数")
    current = serializers.IntegerField(help_text="鲜活率的分子")
    owed = serializers.IntegerField(help_text="鲜活率的分母：有更新义务的资源")
    current_share = serializers.FloatField(allow_null=True, help_text="鲜活率（%）")
    score = serializers.FloatField(allow_null=True, help_text="各资源质量分的平均")
    scored = serializers.IntegerField(help_text="质量分的分母")
    rows = serializers.IntegerField()


class BoardsSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    results = BoardSerializer(many=True)


class ReminderSerializer(serializers.Serializer[Any]):
    resource = serializers.CharField(source="resource.code")
    name = serializers.CharField(source="resource.name")
    due_at = serializers.DateTimeField()
    share = serializers.IntegerField(help_text="到了更新周期的百分之几")
    reach = serializers.ChoiceField(choices=Reach.choices)
    at = serializers.DateTimeField()


class RemindersSerializer(serializers.Serializer[Any]):
    results = ReminderSerializer(many=True)


class BoardsView(APIView):
    @extend_schema(
        operation_id="quality_departments",
        responses={200: BoardsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """Compare departments by freshness and quality, over what one may know of."""
        at = timezone.now()
        boards = boards_of(standings_for(reader=reader_of(request), at=at))
        return Response(BoardsSerializer({"as_of": at, "results": boards}).data)


class StandingsView(APIView):
    @extend_schema(
        operation_id="quality_resources",
        parameters=[
            OpenApiParameter("department", str, description="提供部门编码"),
            OpenApiParameter("freshness", str, enum=[state.value for state in Freshness]),
        ],
        responses={200: ResourcesQualitySerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """List the resources behind the figures, what is latest first."""
        freshness = request.query_params.get("freshness", "")
        if freshness and freshness not in tuple(Freshness):
            raise InvalidError(fields={"freshness": ["没有这样的状态"]})
        standings = standings_for(
            reader=reader_of(request),
            at=timezone.now(),
            department=CONTROL.sub("", request.query_params.get("department", "")),
            freshness=freshness,
        )
        return Response(ResourcesQualitySerializer({"results": standings}).data)


class StandingView(APIView):
    @extend_schema(
        operation_id="quality_resource",
        responses={200: ResourceQualitySerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Read how one resource stands, what it scores and why."""
        resource = resource_for(code=code, reader=reader_of(request))
        return Response(ResourceQualitySerializer(standing_of(resource, at=timezone.now())).data)


class RemindersView(APIView):
    @extend_schema(
        operation_id="quality_reminders",
        responses={200: RemindersSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """List the overdue data that the caller is reminded of."""
        reminders = reminders_for(reader=reader_of(request))
        return Response(RemindersSerializer({"results": reminders}).data)
