"""Values of departments: reported in batches, listed with their status, decided on."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from dashboards.api.observations import (
    BatchOutcomeSerializer,
    BatchSerializer,
    read_batch,
    shown,
)
from dashboards.api.serializers import AreaReferenceSerializer
from dashboards.enums import FeedState, Reach, ReportStatus
from dashboards.models import ReportedValue
from dashboards.selectors.reported import reported_values
from dashboards.selectors.reporting import (
    FeedLine,
    feeds_of,
    indicator_to_read,
    indicator_to_report,
)
from dashboards.services.reports import Observation, Outcome, decide_report, report_values
from dashboards.states.wire import to_wire
from dashboards.tasks import request_refresh
from governance.lib.errors import NotFoundError
from governance.lib.fields import CleanCharField, InstantField
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT, Lanes, take_page
from governance.lib.parsers import StrictJSONParser
from governance.lib.schema import ERRORS
from grids.selectors import Scope
from grids.services import current_scope


class ReportsQuerySerializer(serializers.Serializer[Any]):
    area = CleanCharField(max_length=20, required=False, help_text="区或街道的编码；不填为全部")
    status = serializers.ChoiceField(choices=ReportStatus.choices, required=False)
    cursor = CleanCharField(required=False, allow_blank=True, help_text="上一页的 next_cursor")
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)

    def get_fields(self) -> dict[str, Any]:
        # "from" is no name that a class could give.
        period = {
            "from": InstantField(required=False, help_text="观测时间不早于"),
            "to": InstantField(required=False, help_text="观测时间早于"),
        }
        return {**super().get_fields(), **period}


class EarlierSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    reason = serializers.CharField()
    reporter = serializers.CharField(help_text="账号")
    received_at = serializers.CharField()


class ReportedValueSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField(help_text="观测时间")
    area = AreaReferenceSerializer()
    value = serializers.FloatField(help_text="单位为 % 的指标为百分数")
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    reason = serializers.CharField(help_text="待核的原因")
    received_at = serializers.DateTimeField()
    reporter = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True)
    earlier = EarlierSerializer(many=True, help_text="历次更正前的值")


class ReportedValuesSerializer(serializers.Serializer[Any]):
    results = ReportedValueSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class ReportedValuesView(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="indicator_values_report",
        request=BatchSerializer,
        responses={200: BatchOutcomeSerializer, **ERRORS},
        tags=["indicators"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Report a batch of values; each row is taken, put in quarantine or refused by itself."""
        user = _person(request)
        indicator = indicator_to_report(code=code, scope=current_scope(user=user))
        rows = read_batch(request.data)
        taken = report_values(
            indicator=indicator,
            observations=[row for row in rows if isinstance(row, Observation)],
            reporter=user,
            at=timezone.now(),
        )
        transaction.on_commit(request_refresh)
        return Response(shown(_in_order(rows, taken)))

    @extend_schema(
        operation_id="indicator_values_list",
        parameters=[ReportsQuerySerializer],
        responses={200: ReportedValuesSerializer, **ERRORS},
        tags=["indicators"],
    )
    def get(self, request: Request, code: str) -> Response:
        """List what was reported, the newest observation first."""
        asked = ReportsQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        indicator, areas = indicator_to_read(code=code, scope=_scope(request))
        given = asked.validated_data
        ids = [area.pk for area in areas if given.get("area") in (None, area.code)]
        if not ids:
            raise NotFoundError()
        rows = partial(reported_values, indicator=indicator, **_conditions(given))
        page = take_page(
            queryset=rows(area__in=ids),
            key="-at",
            cursor=given.get("cursor", ""),
            size=given["size"],
            lanes=Lanes({"area_id": ids}, rows),
        )
        results = [as_line(row, unit=indicator.unit) for row in page.rows]
        return Response({"results": results, "next_cursor": page.next_cursor})


class FeedSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.CharField()
    precision = serializers.IntegerField()
    interval_seconds = serializers.IntegerField(allow_null=True)
    reach = serializers.ChoiceField(choices=Reach.choices)
    owner = serializers.CharField(help_text="部门编码")
    value = serializers.FloatField(allow_null=True, help_text="最新的已采用值；% 为百分数")
    at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=FeedState.choices)
    quarantined = serializers.IntegerField(help_text="待核的值")


class FeedsSerializer(serializers.Serializer[Any]):
    results = FeedSerializer(many=True)


class FeedsView(APIView):
    @extend_schema(
        operation_id="reports_list",
        responses={200: FeedsSerializer, **ERRORS},
        tags=["indicators"],
    )
    def get(self, request: Request) -> Response:
        """List the indicators that one's departments report, with what is due and what waits."""
        lines = feeds_of(scope=_scope(request), at=timezone.now())
        return Response({"results": [_as_feed(line) for line in lines]})


class AcceptValueView(APIView):
    @extend_schema(
        operation_id="indicator_values_accept",
        request=None,
        responses={200: ReportedValueSerializer, **ERRORS},
        tags=["indicators"],
    )
    def post(self, request: Request, code: str, pk: int) -> Response:
        """Accept a value in quarantine; the same decision again changes nothing."""
        return _decide(request, code, pk, ReportStatus.ACCEPTED)


class RejectValueView(APIView):
    @extend_schema(
        operation_id="indicator_values_reject",
        request=None,
        responses={200: ReportedValueSerializer, **ERRORS},
        tags=["indicators"],
    )
    def post(self, request: Request, code: str, pk: int) -> Response:
        """Reject a value in quarantine; the same decision again changes nothing."""
        return _decide(request, code, pk, ReportStatus.REJECTED)


def _decide(request: Request, code: str, pk: int, verdict: ReportStatus) -> Response:
    """Decide for the people of the indicator's owner; other indicators' values are not found."""
    user = _person(request)
    indicator = indicator_to_report(code=code, scope=current_scope(user=user))
    rows = reported_values(indicator=indicator, pk=pk)
    if not rows.exists():
        raise NotFoundError()
    decide_report(pk=pk, verdict=verdict, decider=user, at=timezone.now())
    transaction.on_commit(request_refresh)
    return Response(as_line(rows.get(), unit=indicator.unit))


def as_line(row: ReportedValue, *, unit: str) -> dict[str, Any]:
    """Give a reported value as the API and pages speak of it."""
    kept = ("id", "at", "status", "reason", "received_at", "decided_at")
    earlier = [{**each, "value": to_wire(each["value"], unit=unit)} for each in row.earlier]
    line = {
        **{name: getattr(row, name) for name in kept},
        "area": {"code": row.area.code, "name": row.area.name},
        "value": to_wire(row.value, unit=unit),
        "reporter": str(row.reporter),
        "decided_by": str(row.decided_by) if row.decided_by else None,
        "earlier": earlier,
    }
    return dict(ReportedValueSerializer(line).data)


def _as_feed(line: FeedLine) -> dict[str, Any]:
    row = line.indicator
    described = ("code", "name", "definition", "unit", "precision", "interval_seconds", "reach")
    feed = {
        **{name: getattr(row, name) for name in described},
        "owner": row.owner.code if row.owner else "",
        "value": None if line.value is None else to_wire(line.value, unit=row.unit),
        "at": line.at,
        "state": line.state,
        "quarantined": line.quarantined,
    }
    return dict(FeedSerializer(feed).data)


def _conditions(given: dict[str, Any]) -> dict[str, Any]:
    asked = {"status": given.get("status"), "at__gte": given.get("from"), "at__lt": given.get("to")}
    return {name: value for name, value in asked.items() if value is not None}


def _in_order(rows: list[Observation | Outcome], taken: list[Outcome]) -> list[Outcome]:
    """Put what became of the observations between the rows that could not even be read."""
    following = iter(taken)
    return [row if isinstance(row, Outcome) else next(following) for row in rows]


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker
    return request.user


def _scope(request: Request) -> Scope:
    return current_scope(user=_person(request))
