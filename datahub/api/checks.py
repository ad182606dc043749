"""Cross-checks at `/api/v1/cross-checks/`: rules, findings, their map, and what people decide."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import reader_of
from datahub.api.loads import Echo, plain_cell
from datahub.api.sharing import person
from datahub.enums import CheckKind, FindingState
from datahub.filters import CODE_LENGTH, WORDS_LENGTH, narrow_findings
from datahub.models import CrossCheck, Finding
from datahub.selectors.definitions import words_of
from datahub.selectors.findings import (
    Shown,
    Told,
    area_of,
    check_for,
    finding_for,
    map_of,
    runs_of,
    show_finding,
    standings_of_checks,
    told,
)
from datahub.services import dismiss_finding, restore_finding, reveal_finding
from datahub.services.findings import record_findings_export
from governance.lib.fields import CleanCharField
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT, take_page
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS

COUNT_LIMIT = 10_000
HEAD = (
    "\ufeff比对值",
    "标题",
    "区域",
    "状态",
    "首次发现",
    "最近发现",
    "工单",
    "工单结果",
    "排除理由",
)


class CheckStandingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="check.code")
    name = serializers.CharField(source="check.name")
    kind = serializers.ChoiceField(source="check.kind", choices=CheckKind.choices)
    about = serializers.CharField(source="check.about")
    ran_at = serializers.DateTimeField(source="check.ran_at", allow_null=True)
    problem = serializers.CharField(
        source="last_run.problem", default="", help_text="最近一次未能比对的原因"
    )
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="可见的疑点数，以状态为键"
    )


class CheckRunSerializer(serializers.Serializer[Any]):
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()


class CheckSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CheckKind.choices)
    about = serializers.CharField()
    definition = serializers.CharField(help_text="规则的文字说明")
    resources = serializers.ListField(child=serializers.CharField(), help_text="各方的资源编码")
    runs = CheckRunSerializer(many=True, help_text="最近几次，新的在前")


class FindingAreaSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class FindingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.SerializerMethodField(help_text="个人信息遮盖")
    title = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=FindingState.choices)
    area = serializers.SerializerMethodField()
    lon = serializers.FloatField(allow_null=True, help_text="WGS-84")
    lat = serializers.FloatField(allow_null=True)
    first_seen_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    gone_at = serializers.DateTimeField(allow_null=True)
    order_number = serializers.CharField()
    order_ended_at = serializers.DateTimeField(allow_null=True)
    order_ending = serializers.CharField(help_text="工单怎样结束")
    reason = serializers.CharField(help_text="排除理由")

    def get_key(self, finding: Finding) -> str:
        names: Told = self.context["names"]
        return names.key_of(finding)

    def get_title(self, finding: Finding) -> str:
        names: Told = self.context["names"]
        return names.label_of(finding)

    def get_area(self, finding: Finding) -> dict[str, str] | None:
        area = area_of(finding)
        return {"code": area.code, "name": area.name} if area else None


class FindingQuerySerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=FindingState.choices, required=False)
    area = CleanCharField(max_length=CODE_LENGTH, required=False, help_text="区域编码，含下级")
    q = CleanCharField(
        max_length=WORDS_LENGTH, required=False, help_text="比对值或标题；涉及个人信息的规则不能用"
    )


class FindingPageQuerySerializer(FindingQuerySerializer):
    cursor = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class FindingsSerializer(serializers.Serializer[Any]):
    results = FindingSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class FindingCountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text=f"最多数到 {COUNT_LIMIT}")
    is_capped = serializers.BooleanField()


class FindingRowsSerializer(serializers.Serializer[Any]):
    resource = serializers.CharField(help_text="资源编码")
    rows = serializers.ListField(child=serializers.DictField())


class FindingDetailSerializer(FindingSerializer):
    sides = FindingRowsSerializer(many=True, help_text="各方的行，最多 20 行")


class DismissSerializer(serializers.Serializer[Any]):
    reason = CleanCharField(max_length=200, help_text="为什么不是问题")


class RevealFindingSerializer(serializers.Serializer[Any]):
    purpose = CleanCharField(max_length=120, help_text="事由，记入访问日志")


class ChecksView(APIView):
    @extend_schema(
        operation_id="cross_checks_list",
        responses={200: CheckStandingSerializer(many=True), **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """List the checks of whose every resource one may read the rows, with their findings."""
        found = standings_of_checks(reader=reader_of(request))
        return Response(CheckStandingSerializer(found, many=True).data)


class CheckView(APIView):
    @extend_schema(
        operation_id="cross_checks_read",
        responses={200: CheckSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Read what a check looks at and how its last runs went."""
        check = check_for(code=code, reader=reader_of(request))
        sides = check.sides.order_by("position").values_list("resource__code", flat=True)
        known = {
            "code": check.code, "name": check.name, "kind": check.kind, "about": check.about,
            "definition": words_of(check), "resources": list(sides), "runs": runs_of(check),
        }  # fmt: skip
        return Response(CheckSerializer(known).data)


class FindingsView(APIView):
    @extend_schema(
        operation_id="findings_list",
        parameters=[FindingPageQuerySerializer],
        responses={200: FindingsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """List the findings of a check that one may see, the newest first."""
        check = check_for(code=code, reader=reader_of(request))
        given = _given(request, FindingPageQuerySerializer)
        page = take_page(
            queryset=narrow_findings(check, reader_of(request), given),
            key="-first_seen_at",
            cursor=given.get("cursor", ""),
            size=given["size"],
        )
        shown = FindingSerializer(page.rows, many=True, context={"names": told(check)})
        return Response({"results": shown.data, "next_cursor": page.next_cursor})


class FindingCountView(APIView):
    @extend_schema(
        operation_id="findings_count",
        parameters=[FindingQuerySerializer],
        responses={200: FindingCountSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Count the findings that the same conditions list."""
        reader = reader_of(request)
        found = narrow_findings(
            check_for(code=code, reader=reader), reader, _given(request, FindingQuerySerializer)
        )
        count = found.order_by()[: COUNT_LIMIT + 1].count()
        return Response({"count": min(count, COUNT_LIMIT), "is_capped": count > COUNT_LIMIT})


class FindingMapView(APIView):
    @extend_schema(
        operation_id="findings_map",
        parameters=[FindingQuerySerializer],
        responses={200: OpenApiTypes.OBJECT, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Draw the same findings as GeoJSON: points, and counts by area where there is none."""
        reader = reader_of(request)
        check = check_for(code=code, reader=reader)
        found = narrow_findings(check, reader, _given(request, FindingQuerySerializer))
        return Response(map_of(found, told(check)))


class FindingExportView(APIView):
    @extend_schema(
        operation_id="findings_export",
        parameters=[FindingQuerySerializer],
        responses={(200, "text/csv"): OpenApiTypes.STR, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> StreamingHttpResponse:
        """Download the same findings as CSV, personal keys masked; the download is on record."""
        reader = reader_of(request)
        check = check_for(code=code, reader=reader)
        found = narrow_findings(check, reader, _given(request, FindingQuerySerializer))
        record_findings_export(
            check=check,
            by=person(request),
            address=client_address(request._request),
            at=timezone.now(),
        )
        return findings_sheet(check, found)


class FindingView(APIView):
    @extend_schema(
        operation_id="findings_read",
        responses={200: FindingDetailSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str, pk: int) -> Response:
        """Read a finding with the rows it came from, personal columns masked."""
        reader = reader_of(request)
        found = finding_for(code=code, pk=pk, reader=reader)
        return Response(detail_of(show_finding(finding=found, reader=reader)))


class RevealFindingView(APIView):
    @extend_schema(
        operation_id="findings_reveal",
        request=RevealFindingSerializer,
        responses={200: FindingDetailSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str, pk: int) -> Response:
        """Read a finding unmasked; who and why go into the access log."""
        reader = reader_of(request)
        found = finding_for(code=code, pk=pk, reader=reader)
        asked = RevealFindingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        shown = reveal_finding(
            finding=found,
            reader=reader,
            by=person(request),
            address=client_address(request._request),
            at=timezone.now(),
            **asked.validated_data,
        )
        return Response(detail_of(shown))


class DismissFindingView(APIView):
    @extend_schema(
        operation_id="findings_dismiss",
        request=DismissSerializer,
        responses={200: FindingSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str, pk: int) -> Response:
        """Say that a finding is none, and why."""
        reader = reader_of(request)
        found = finding_for(code=code, pk=pk, reader=reader)
        asked = DismissSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = dismiss_finding(
            finding=found,
            reader=reader,
            by=person(request),
            at=timezone.now(),
            **asked.validated_data,
        )
        return Response(_one(done))


class RestoreFindingView(APIView):
    @extend_schema(
        operation_id="findings_restore",
        request=None,
        responses={200: FindingSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str, pk: int) -> Response:
        """Take a dismissal back."""
        reader = reader_of(request)
        found = finding_for(code=code, pk=pk, reader=reader)
        return Response(_one(restore_finding(finding=found, reader=reader)))


def _given(request: Request, kind: type[FindingQuerySerializer]) -> dict[str, Any]:
    asked = kind(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def _one(finding: Finding) -> dict[str, Any]:
    return FindingSerializer(finding, context={"names": told(finding.cross_check)}).data


def detail_of(shown: Shown) -> dict[str, Any]:
    """Give a finding as it may be shown, with the rows of each side."""
    sides = [{"resource": one.resource.code, "rows": one.page.rows} for one in shown.sides]
    return {**_one(shown.finding), "key": shown.key, "title": shown.label, "sides": sides}


def findings_sheet(check: CrossCheck, found: QuerySet[Finding]) -> StreamingHttpResponse:
    """Answer findings as CSV that a spreadsheet opens."""
    writer, names = csv.writer(Echo()), told(check)
    ordered = found.order_by("-first_seen_at", "-id").iterator(chunk_size=500)

    def lines() -> Iterator[str]:
        yield writer.writerow(HEAD)
        for one in ordered:
            yield writer.writerow([plain_cell(cell) for cell in _cells(one, names)])

    headers = {"Content-Disposition": f'attachment; filename="findings-{check.code}.csv"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


def _cells(one: Finding, names: Told) -> tuple[object, ...]:
    seen = (
        f"{timezone.localtime(at):%Y-%m-%d %H:%M}" for at in (one.first_seen_at, one.last_seen_at)
    )
    return (
        names.key_of(one), names.label_of(one), area_of(one) or "", one.get_state_display(), *seen,
        one.order_number, one.order_ending, one.reason,
    )  # fmt: skip
