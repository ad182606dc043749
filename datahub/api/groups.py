"""Groups of a resource's rows: counted for whoever may read the rows, small ones left out."""

from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import reader_of
from datahub.api.rows import FILTERS, sheet
from datahub.api.sharing import person
from datahub.columns.grouping import Grouping
from datahub.selectors import resource_for
from datahub.selectors.grouping import Groups, group_rows, grouping_of
from datahub.selectors.rows import RowsQuery, revealing_query, rows_query
from datahub.services.groups import export_groups, reveal_groups
from governance.lib.fields import CleanCharField
from governance.lib.parsers import StrictJSONParser
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS

BY_LENGTH, FIGURES_LENGTH = 400, 1000
BY = "按哪些列分组，逗号隔开；日期可写 列名:year、列名:month、列名:day；不写则为一组"
FIGURES = (
    "统计什么，逗号隔开：filled、distinct、sum、mean、minimum、maximum 加 :列名，"
    "或 quantile:列名:0.9；行数总在其中"
)
QUESTION = [
    OpenApiParameter("by", str, description=BY),
    OpenApiParameter("figures", str, description=FIGURES),
    FILTERS,
]


class GroupingSerializer(serializers.Serializer[Any]):
    by = CleanCharField(
        max_length=BY_LENGTH, required=False, default="", allow_blank=True, help_text=BY
    )
    figures = CleanCharField(
        max_length=FIGURES_LENGTH, required=False, default="", allow_blank=True, help_text=FIGURES
    )


class RevealGroupsSerializer(GroupingSerializer):
    purpose = CleanCharField(max_length=120, help_text="事由，记入访问日志")
    conditions = serializers.DictField(child=CleanCharField(max_length=400), default=dict)


class AskedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="如所问")
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()


class GroupSerializer(serializers.Serializer[Any]):
    keys = serializers.ListField(help_text="与 by 的顺序相同；空值为 null")
    rows = serializers.IntegerField()
    figures = serializers.ListField(help_text="与 figures 的顺序相同；小数写作文本")


class GroupsSerializer(serializers.Serializer[Any]):
    by = AskedSerializer(many=True)
    figures = AskedSerializer(many=True)
    results = GroupSerializer(many=True)
    left_out = serializers.IntegerField(help_text="未给出的组数：行数少于 k 的，和能推算出它们的")
    k = serializers.IntegerField(help_text="含个人信息的资源，组的最少行数；0 为不限")


class GroupsView(APIView):
    @extend_schema(
        operation_id="groups_list", parameters=QUESTION,
        responses={200: GroupsSerializer, **ERRORS}, tags=["datahub"],
    )  # fmt: skip
    def get(self, request: Request, code: str) -> Response:
        """Group the rows that the same conditions list, and count; personal columns say little."""
        query, grouping = _asked(request, code)
        return answer(group_rows(query, grouping))


class GroupsExportView(APIView):
    @extend_schema(
        operation_id="groups_export", parameters=QUESTION,
        responses={(200, "text/csv"): OpenApiTypes.STR, **ERRORS}, tags=["datahub"],
    )  # fmt: skip
    def get(self, request: Request, code: str) -> StreamingHttpResponse:
        """Download the same groups as CSV; it is on record."""
        query, grouping = _asked(request, code)
        found = export_groups(
            query=query, grouping=grouping, by=person(request),
            address=client_address(request._request), at=timezone.now(),
        )  # fmt: skip
        return groups_sheet(query, found)


class RevealGroupsView(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="groups_reveal", request=RevealGroupsSerializer,
        responses={200: GroupsSerializer, **ERRORS}, tags=["datahub"],
    )  # fmt: skip
    def post(self, request: Request, code: str) -> Response:
        """Group the rows as they are, small groups too; who, what and why go into the log."""
        asked = RevealGroupsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        known, reader = asked.validated_data, reader_of(request)
        resource = resource_for(code=code, reader=reader)
        query = revealing_query(resource=resource, reader=reader, given=known["conditions"])
        found = reveal_groups(
            query=query,
            grouping=grouping_of(query, by=known["by"], figures=known["figures"]),
            by=person(request), purpose=known["purpose"],
            address=client_address(request._request), at=timezone.now(),
        )  # fmt: skip
        return answer(found)


def _asked(request: Request, code: str) -> tuple[RowsQuery, Grouping]:
    given, reader = request.query_params.dict(), reader_of(request)
    own = {name: given.pop(name) for name in ("by", "figures") if name in given}
    asked = GroupingSerializer(data=own)
    asked.is_valid(raise_exception=True)
    resource = resource_for(code=code, reader=reader)
    query = rows_query(resource=resource, reader=reader, given=given)
    return query, grouping_of(query, **asked.validated_data)


def answer(groups: Groups) -> Response:
    asked = groups.grouping
    results = [
        {"keys": one.keys, "rows": one.rows, "figures": [*map(_exact, one.figures)]}
        for one in groups.found
    ]
    by, figures = map(_named, asked.keys), map(_named, asked.figures)
    return Response(
        {
            "by": list(by),
            "figures": list(figures),
            "results": results,
            "left_out": groups.left_out,
            "k": groups.k,
        }
    )


def _exact(value: Any) -> Any:
    """Give decimals as text: JSON's readers take numbers for binary fractions."""
    return str(value) if isinstance(value, Decimal) else value


def _named(one: Any) -> dict[str, str]:
    return {"name": one.spelled, "label": one.label, "unit": one.column.unit}


def groups_sheet(query: RowsQuery, groups: Groups) -> StreamingHttpResponse:
    """Answer groups as CSV that a spreadsheet opens."""
    asked = groups.grouping
    head = [*(one.label for one in asked.keys), "行数", *(one.label for one in asked.figures)]
    lines = ([*one.keys, one.rows, *one.figures] for one in groups.found)
    return sheet(f"{query.resource.code}-groups", head, lines)
