"""The catalogue out and in: DCAT, workbook, Table Schema."""

from typing import Any

from django.http import HttpResponse
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
from datahub.columns import TableSchemaError, read_table_schema, write_table_schema
from datahub.forms import read_catalogue
from datahub.intake import Entry, entries_of, lists_of, write_book, write_dcat
from datahub.models import Resource
from datahub.selectors import code_lists, columns_of, find_resources, resource_for
from datahub.services import (
    BadSchemaError,
    ImportPlan,
    apply_import,
    plan_import,
    publish_schema,
)
from governance.lib.errors import ForbiddenError
from governance.lib.parsers import StrictJSONParser
from governance.lib.schema import ERRORS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "政务信息资源目录"


class DcatView(APIView):
    @extend_schema(
        operation_id="catalogue_dcat",
        responses={(200, "application/ld+json"): OpenApiTypes.OBJECT, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """Export the resources one may know of as DCAT in JSON-LD, their columns with them."""
        resources, entries = _entries(request)
        document = write_dcat(
            base=request.build_absolute_uri("/api/v1/resources/"),
            title=TITLE,
            entries=entries,
            lists=lists_of(entries),
            departments={row.department.code: row.department.name for row in resources},
        )
        return Response(document, content_type="application/ld+json")


class WorkbookView(APIView):
    @extend_schema(
        operation_id="catalogue_workbook",
        responses={(200, XLSX): OpenApiTypes.BINARY, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Export the resources one may know of as a workbook that can be imported."""
        _, entries = _entries(request)
        content = write_book(entries=entries, lists=lists_of(entries))
        headers = {"Content-Disposition": 'attachment; filename="catalogue.xlsx"'}
        return HttpResponse(content, content_type=XLSX, headers=headers)


def _entries(request: Request) -> tuple[list[Resource], list[Entry]]:
    resources = list(find_resources(reader=reader_of(request)))
    return resources, entries_of(resources)


class CatalogueFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="xlsx 工作簿，或 DCAT（JSON-LD）")
    dry_run = serializers.BooleanField(default=False, help_text="只检查，不写入")


class ProblemSerializer(serializers.Serializer[Any]):
    sheet = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    message = serializers.CharField()


class ImportPlanSerializer(serializers.Serializer[Any]):
    added = serializers.ListField(child=serializers.CharField(), help_text="新增的资源编码")
    changed = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="变更的资源编码，各有哪些变更",
    )
    same = serializers.ListField(child=serializers.CharField())
    problems = ProblemSerializer(many=True)


class CatalogueImportView(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="catalogue_import",
        request={"multipart/form-data": CatalogueFileSerializer},
        responses={200: ImportPlanSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request) -> Response:
        """Import a catalogue, all or nothing; a dry run says what it would do."""
        user = administrator(request)
        asked = CatalogueFileSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        book, now = read_catalogue(asked.validated_data["file"]), timezone.now()
        plan: ImportPlan = (
            plan_import(book=book, at=now)
            if asked.validated_data["dry_run"]
            else apply_import(book=book, at=now, by=user)
        )
        return Response(ImportPlanSerializer(plan).data)


class TableSchemaView(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="resources_table_schema",
        responses={200: OpenApiTypes.OBJECT, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Read a resource's columns as a Frictionless Table Schema."""
        resource = resource_for(code=code, reader=reader_of(request))
        return Response(write_table_schema(columns_of(resource.schema)))

    @extend_schema(
        operation_id="resources_publish_schema",
        request=OpenApiTypes.OBJECT,
        responses={200: OpenApiTypes.OBJECT, **ERRORS},
        tags=["datahub"],
    )
    def put(self, request: Request, code: str) -> Response:
        """Publish a Table Schema as the next version; the same columns publish nothing."""
        user = administrator(request)
        resource = resource_for(code=code, reader=reader_of(request))
        try:
            columns = read_table_schema(request.data, known_lists=code_lists())
        except TableSchemaError as error:
            raise BadSchemaError(error.flaws) from error
        version = publish_schema(resource=resource, columns=columns, at=timezone.now(), by=user)
        return Response(write_table_schema(columns_of(version)))


def administrator(request: Request) -> User:
    """Give the person; raise ForbiddenError for whoever does not administer the catalogue."""
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker
    reader = reader_of(request)
    if not (reader.administers or reader.sees_everything):
        raise ForbiddenError()
    return request.user
