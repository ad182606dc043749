"""Where a resource is fetched from, through the API; secrets go in and never come out."""

from datetime import time
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import reader_of
from datahub.api.sharing import person
from datahub.enums import Cadence, FetchState, FileFormat, LoadMode, SourceAuth, SourceKind
from datahub.models import Source
from datahub.selectors import resource_for
from datahub.selectors.sources import check_loads, fetches_of, source_of
from datahub.services import ask_fetch, forget_source, save_source
from datahub.services.sources import Wish
from datahub.tasks import ring_fetches
from governance.lib.fields import CleanCharField
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT, take_page
from governance.lib.schema import ERRORS
from grids.enums import Crs


class AskSourceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    address = CleanCharField(
        max_length=500, help_text="网址，或 postgresql://主机:端口/库名；不带用户名和密码"
    )
    query = CleanCharField(
        max_length=4000, default="", allow_blank=True, help_text="数据库：表名，或一条查询语句"
    )
    format = serializers.ChoiceField(choices=FileFormat.choices, default=FileFormat.CSV)
    auth = serializers.ChoiceField(choices=SourceAuth.choices, default=SourceAuth.NONE)
    header = serializers.CharField(max_length=60, default="", allow_blank=True)
    user = serializers.CharField(
        max_length=200, default="", allow_blank=True, write_only=True, trim_whitespace=False,
        help_text="空着则用已保存的",
    )  # fmt: skip
    secret = serializers.CharField(
        max_length=1000, default="", allow_blank=True, write_only=True, trim_whitespace=False,
        help_text="密码或令牌；空着则用已保存的。保存后不再显示",
    )  # fmt: skip
    mode = serializers.ChoiceField(choices=LoadMode.choices)
    crs = serializers.ChoiceField(choices=Crs.choices, default=Crs.WGS84, help_text="坐标系")
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    clock = serializers.TimeField(default=time(2), help_text="每天、每周或每月那一天的几点")
    is_active = serializers.BooleanField(default=True)


class SourceSerializer(serializers.Serializer[Any]):
    resource = serializers.CharField(source="resource.code", help_text="资源编码")
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    address = serializers.CharField()
    query = serializers.CharField()
    format = serializers.ChoiceField(choices=FileFormat.choices)
    auth = serializers.ChoiceField(choices=SourceAuth.choices)
    header = serializers.CharField()
    mode = serializers.ChoiceField(choices=LoadMode.choices)
    crs = serializers.ChoiceField(choices=Crs.choices)
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    clock = serializers.TimeField()
    is_active = serializers.BooleanField()
    saved_by = serializers.CharField()
    saved_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True, help_text="下次取的时间")
    attempts = serializers.IntegerField(help_text="连续失败的次数")


class FetchSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    state = serializers.ChoiceField(choices=FetchState.choices)
    detail = serializers.CharField(help_text="没有取到的原因")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    file_bytes = serializers.IntegerField()
    load = serializers.UUIDField(source="load.uuid", default=None, allow_null=True)


class FetchesQuerySerializer(serializers.Serializer[Any]):
    cursor = serializers.CharField(max_length=200, required=False)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class FetchesSerializer(serializers.Serializer[Any]):
    results = FetchSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


def asked_source(request: Request, code: str) -> Source:
    reader = reader_of(request)
    return source_of(resource=resource_for(code=code, reader=reader), reader=reader)


class SourceView(APIView):
    @extend_schema(
        operation_id="sources_read", responses={200: SourceSerializer, **ERRORS}, tags=["datahub"]
    )
    def get(self, request: Request, code: str) -> Response:
        """Read where a resource is fetched from, to those who load for its department."""
        return Response(SourceSerializer(asked_source(request, code)).data)

    @extend_schema(
        operation_id="sources_save",
        request=AskSourceSerializer,
        responses={200: SourceSerializer, **ERRORS},
        tags=["datahub"],
    )
    def put(self, request: Request, code: str) -> Response:
        """Set where a resource is fetched from; user and secret are kept encrypted."""
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        check_loads(resource=resource, reader=reader)
        asked = AskSourceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        saved = save_source(
            resource=resource,
            wish=Wish(**asked.validated_data),
            reader=reader,
            by=person(request),
            at=timezone.now(),
        )
        return Response(SourceSerializer(saved).data)

    @extend_schema(operation_id="sources_forget", responses={204: None, **ERRORS}, tags=["datahub"])
    def delete(self, request: Request, code: str) -> Response:
        """Stop fetching; secrets and attempts are deleted, what was loaded stays."""
        forget_source(source=asked_source(request, code))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FetchNowView(APIView):
    @extend_schema(
        operation_id="sources_fetch",
        request=None,
        responses={202: SourceSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Have it fetched at once; a worker does it."""
        source = asked_source(request, code)
        asked = ask_fetch(source=source, by=person(request), at=timezone.now())
        ring_fetches()
        return Response(SourceSerializer(asked).data, status=202)


class FetchesView(APIView):
    @extend_schema(
        operation_id="sources_fetches",
        parameters=[FetchesQuerySerializer],
        responses={200: FetchesSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """List the attempts of the last 90 days, the newest first."""
        asked = FetchesQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        page = take_page(
            queryset=fetches_of(asked_source(request, code)),
            key="-started_at",
            cursor=given.get("cursor", ""),
            size=given["size"],
        )
        rows = FetchSerializer(page.rows, many=True).data
        return Response({"results": rows, "next_cursor": page.next_cursor})
