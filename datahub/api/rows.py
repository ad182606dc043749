"""Rows of a resource: masked for whoever may read them, as they are for a purpose on record."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from datahub.api.catalogue import reader_of
from datahub.api.loads import Echo, plain_cell
from datahub.api.sharing import person
from datahub.selectors import resource_for
from datahub.selectors.rows import (
    COUNT_LIMIT,
    RowsPage,
    RowsQuery,
    count_rows,
    read_rows,
    revealing_query,
    rows_query,
)
from datahub.services.rows import export_rows, reveal_rows
from governance.lib.fields import CleanCharField
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT
from governance.lib.parsers import StrictJSONParser
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS

OWN = ("fields", "cursor", "size")
FILTERS = OpenApiParameter(
    "conditions",
    OpenApiTypes.OBJECT,
    description="按列筛选：列名=值，列名__gte=下限，列名__lte=上限；个人信息列不能筛选",
    style="form",
    explode=True,
)


class RowsQuerySerializer(serializers.Serializer[Any]):
    fields = CleanCharField(  # type: ignore[assignment]
        max_length=2000,
        required=False,
        default="",
        allow_blank=True,
        help_text="要哪些列，逗号隔开；默认全部",
    )
    cursor = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class RevealRowsSerializer(serializers.Serializer[Any]):
    purpose = CleanCharField(max_length=120, help_text="事由，记入访问日志")
    conditions = serializers.DictField(child=CleanCharField(max_length=400), default=dict)
    columns = CleanCharField(max_length=2000, required=False, default="")
    cursor = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class RowsSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(
        child=serializers.DictField(),
        help_text="每行以列名为键；_id 为行的来源（装载编号与文件行号）",
    )
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class RowCountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text=f"最多数到 {COUNT_LIMIT}")
    is_capped = serializers.BooleanField()


class RowsView(APIView):
    @extend_schema(
        operation_id="rows_list",
        parameters=[
            OpenApiParameter("fields", str, description="要哪些列，逗号隔开；默认全部"),
            OpenApiParameter("cursor", str),
            OpenApiParameter("size", int, description=f"1 到 {PAGE_SIZE_LIMIT}"),
            FILTERS,
        ],
        responses={200: RowsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Read a page of rows in the order in which they came, personal columns masked."""
        given = request.query_params.dict()
        own = {name: given.pop(name) for name in OWN if name in given}
        asked = RowsQuerySerializer(data=own)
        asked.is_valid(raise_exception=True)
        known, reader = asked.validated_data, reader_of(request)
        resource = resource_for(code=code, reader=reader)
        query = rows_query(resource=resource, reader=reader, given=given, fields=known["fields"])
        return answer(read_rows(query, cursor=known["cursor"], size=known["size"]))


class RowCountView(APIView):
    @extend_schema(
        operation_id="rows_count",
        parameters=[FILTERS],
        responses={200: RowCountSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Count the rows that the same conditions list."""
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        given = request.query_params.dict()
        count = count_rows(rows_query(resource=resource, reader=reader, given=given))
        return Response({"count": min(count, COUNT_LIMIT), "is_capped": count > COUNT_LIMIT})


class RowsExportView(APIView):
    @extend_schema(
        operation_id="rows_export",
        parameters=[
            OpenApiParameter("fields", str, description="要哪些列，逗号隔开；默认全部"),
            FILTERS,
        ],
        responses={(200, "text/csv"): OpenApiTypes.STR, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> StreamingHttpResponse:
        """Download the rows that the same conditions list as CSV, masked; it is on record."""
        given, reader = request.query_params.dict(), reader_of(request)
        fields = given.pop("fields", "")[:2000]
        resource = resource_for(code=code, reader=reader)
        query = rows_query(resource=resource, reader=reader, given=given, fields=fields)
        rows = export_rows(
            query=query,
            by=person(request),
            address=client_address(request._request),
            at=timezone.now(),
        )
        return rows_sheet(query, rows)


class RevealRowsView(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="rows_reveal",
        request=RevealRowsSerializer,
        responses={200: RowsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Read a page of rows unmasked; who, which columns and why go into the access log."""
        assert isinstance(request.user, User)  # noqa: S101  # for the type checker
        asked = RevealRowsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        known, reader = asked.validated_data, reader_of(request)
        query = revealing_query(
            resource=resource_for(code=code, reader=reader),
            reader=reader,
            given=known["conditions"],
            fields=known["columns"],
        )
        page = reveal_rows(
            query=query,
            by=request.user,
            purpose=known["purpose"],
            address=client_address(request._request),
            at=timezone.now(),
            cursor=known["cursor"],
            size=known["size"],
        )
        return answer(page)


def rows_sheet(query: RowsQuery, rows: Iterable[list[Any]]) -> StreamingHttpResponse:
    """Answer rows as CSV."""
    head = [column.label for column in query.columns] or ["（没有列）"]
    return sheet(query.resource.code, head, rows)


def sheet(name: str, head: list[str], rows: Iterable[list[Any]]) -> StreamingHttpResponse:
    """Answer lines as CSV that a spreadsheet opens."""
    writer = csv.writer(Echo())
    lines = chain([["\ufeff" + head[0], *head[1:]]], rows)
    written = (writer.writerow([_written(value) for value in line]) for line in lines)
    return StreamingHttpResponse(
        written,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    is_plain = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return str(value) if is_plain else plain_cell("" if value is None else value)


def answer(page: RowsPage) -> Response:
    return Response({"results": page.rows, "next_cursor": page.next_cursor})
