"""Loads through the API: ask, look, cancel, take back, and the sheet of what could not be taken."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from datahub.api.catalogue import reader_of
from datahub.columns.masking import mask
from datahub.enums import Fault, LoadMode, LoadState
from datahub.models import Load
from datahub.selectors import columns_of, resource_for
from datahub.selectors.loads import load_for, loads_of, progress_of
from datahub.services import ask_load, cancel_load, undo_load
from datahub.services.desensitising import plain_cell
from datahub.services.loads import record_fault_sheet
from datahub.tasks import ring_loads
from governance.lib.errors import ForbiddenError
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT, take_page
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS
from grids.enums import Crs


class AskLoadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(
        help_text="CSV、xlsx、.jsonl（每行一个 JSON 对象）、.geojson，或 Shapefile 的 .zip"
    )
    mode = serializers.ChoiceField(choices=LoadMode.choices)
    crs = serializers.ChoiceField(choices=Crs.choices, default=Crs.WGS84, help_text="坐标系")


class LoadSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    resource = serializers.CharField(source="resource.code", help_text="资源编码")
    version = serializers.IntegerField(source="schema.number", default=None, allow_null=True)
    mode = serializers.ChoiceField(choices=LoadMode.choices)
    crs = serializers.ChoiceField(choices=Crs.choices)
    state = serializers.ChoiceField(choices=LoadState.choices)
    detail = serializers.CharField(help_text="被拒绝或出错的原因")
    progress = serializers.SerializerMethodField(help_text="进度（%）")
    file_name = serializers.CharField()
    file_bytes = serializers.IntegerField()
    digest = serializers.CharField(help_text="文件的 SHA-256")
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    rows_read = serializers.IntegerField()
    rows_loaded = serializers.IntegerField()
    rows_bad = serializers.IntegerField()
    rows_same = serializers.IntegerField(help_text="与前面的行完全相同而略去的行")
    rows_replaced = serializers.IntegerField()
    faults = serializers.DictField(
        child=serializers.IntegerField(), help_text="“列名:问题代码”各有多少"
    )
    is_undoable = serializers.BooleanField()

    def get_progress(self, load: Load) -> int:
        return progress_of(load)


class LoadsQuerySerializer(serializers.Serializer[Any]):
    cursor = serializers.CharField(max_length=200, required=False)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class LoadsSerializer(serializers.Serializer[Any]):
    results = LoadSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class LoadsView(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="loads_list",
        parameters=[LoadsQuerySerializer],
        responses={200: LoadsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """List a resource's loads, the newest first, to those who load for its department."""
        asked = LoadsQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        reader = reader_of(request)
        found = loads_of(resource=resource_for(code=code, reader=reader), reader=reader)
        given = asked.validated_data
        page = take_page(
            queryset=found.select_related("resource", "asked_by", "schema"),
            key="-asked_at",
            cursor=given.get("cursor", ""),
            size=given["size"],
        )
        rows = LoadSerializer(page.rows, many=True).data
        return Response({"results": rows, "next_cursor": page.next_cursor})

    @extend_schema(
        operation_id="loads_ask",
        request={"multipart/form-data": AskLoadSerializer},
        responses={202: LoadSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Hand in a file; a worker loads it, whole or not at all."""
        assert isinstance(request.user, User)  # noqa: S101  # for the type checker
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        # Before `request.data`, which reads a body of gigabytes.
        if not reader.loads(resource):
            raise ForbiddenError()
        asked = AskLoadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        load = ask_load(
            resource=resource,
            file=asked.validated_data["file"],
            mode=LoadMode(asked.validated_data["mode"]),
            crs=Crs(asked.validated_data["crs"]),
            reader=reader,
            by=request.user,
            at=timezone.now(),
        )
        ring_loads()
        return Response(LoadSerializer(load).data, status=202)


class LoadView(APIView):
    @extend_schema(
        operation_id="loads_read", responses={200: LoadSerializer, **ERRORS}, tags=["datahub"]
    )
    def get(self, request: Request, uuid: str) -> Response:
        """Read how a load is going, or how it went."""
        return Response(LoadSerializer(load_for(uuid=uuid, reader=reader_of(request))).data)


class CancelLoadView(APIView):
    @extend_schema(
        operation_id="loads_cancel",
        request=None,
        responses={200: LoadSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, uuid: str) -> Response:
        """Stop a load that has not ended; nothing of it stays."""
        load = load_for(uuid=uuid, reader=reader_of(request))
        return Response(LoadSerializer(cancel_load(load=load, at=timezone.now())).data)


class UndoLoadView(APIView):
    @extend_schema(
        operation_id="loads_undo",
        request=None,
        responses={200: LoadSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, uuid: str) -> Response:
        """Take the newest load of a resource back; what it replaced returns."""
        assert isinstance(request.user, User)  # noqa: S101  # for the type checker
        load = load_for(uuid=uuid, reader=reader_of(request))
        undone = undo_load(load=load, by=request.user, at=timezone.now())
        return Response(LoadSerializer(undone).data)


class FaultsView(APIView):
    @extend_schema(
        operation_id="loads_faults",
        responses={(200, "text/csv"): OpenApiTypes.STR, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, uuid: str) -> StreamingHttpResponse:
        """Download the error sheet: row, column, value (personal ones masked), reason.

        The download is on record. After `BAD_ROW_DAYS` the values are gone (410).
        """
        assert isinstance(request.user, User)  # noqa: S101  # for the type checker
        load = load_for(uuid=uuid, reader=reader_of(request))
        record_fault_sheet(
            load=load,
            by=request.user,
            address=client_address(request._request),
            at=timezone.now(),
        )
        return fault_sheet(load)


def fault_sheet(load: Load) -> StreamingHttpResponse:
    """Answer a load's faults as CSV that a spreadsheet opens."""
    lines = fault_lines(load)
    headers = {"Content-Disposition": f'attachment; filename="faults-{load.uuid.hex[:8]}.csv"'}
    writer = csv.writer(Echo())
    rows = (writer.writerow([plain_cell(cell) for cell in line]) for line in lines)
    return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def fault_lines(load: Load) -> Iterator[tuple[object, ...]]:
    yield ("\ufeff行", "列", "列名", "值", "原因")
    columns = {column.name: column for column in columns_of(load.schema)}
    places = {name: place for place, name in enumerate(columns)}
    for row in load.bad_rows.order_by("row").iterator(chunk_size=500):
        for name, fault in sorted(row.faults.items(), key=lambda pair: places.get(pair[0], -1)):
            column = columns.get(name)
            value = mask(column, row.content.get(name)) if column else ""
            label = column.label if column else "整行"
            shown = (value or "").replace("\x01", "")
            yield (row.row, label, name, shown, Fault(fault).label)
