"""The catalogue at `/api/v1/resources/`: what there is, whose, and how it looks."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from datahub.enums import ColumnType, Frequency, Library, PersonalClass, Sharing
from datahub.filters import WORDS_LENGTH, ResourceFilter
from datahub.models import Resource
from datahub.querysets import Reader
from datahub.selectors import columns_of, find_resources, history_of, resource_for
from datahub.services import current_reader
from governance.lib.errors import InvalidError, flatten_fields
from governance.lib.fields import CleanCharField
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT, take_page
from governance.lib.schema import ERRORS


class OwnerSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class ResourceSerializer(serializers.ModelSerializer[Resource]):
    department = OwnerSerializer()
    version = serializers.IntegerField(
        source="schema.number", default=None, allow_null=True, help_text="现行结构的版本号"
    )

    class Meta:
        model = Resource
        fields = [
            "code", "name", "department", "description", "frequency", "sharing", "sharing_terms",
            "is_open", "library", "contact", "telephone", "version", "is_active", "changed_at",
        ]  # fmt: skip
        read_only_fields = fields


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=ColumnType.choices)
    unit = serializers.CharField()
    is_required = serializers.BooleanField()
    is_key = serializers.BooleanField()
    pattern = serializers.CharField()
    code_list = serializers.CharField(help_text="代码表编码")
    minimum = serializers.CharField(help_text="文本为最短长度")
    maximum = serializers.CharField(help_text="文本为最大长度")
    personal = serializers.ChoiceField(choices=PersonalClass.choices)


class VersionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    changes = serializers.ListField(child=serializers.CharField())


class ResourceDetailSerializer(ResourceSerializer):
    columns = ColumnSerializer(many=True)
    versions = VersionSerializer(many=True, help_text="历次结构，新的在前")

    class Meta(ResourceSerializer.Meta):
        fields = [*ResourceSerializer.Meta.fields, "columns", "versions"]
        read_only_fields = fields


class ResourcesSerializer(serializers.Serializer[Any]):
    results = ResourceSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class ResourceQuerySerializer(serializers.Serializer[Any]):
    q = CleanCharField(
        max_length=WORDS_LENGTH, required=False, help_text="名称、编码、摘要、部门或列名中的词"
    )
    department = CleanCharField(max_length=40, required=False, help_text="提供部门编码")
    sharing = serializers.ChoiceField(choices=Sharing.choices, required=False)
    frequency = serializers.ChoiceField(choices=Frequency.choices, required=False)
    library = serializers.ChoiceField(choices=Library.choices, required=False)
    is_open = serializers.BooleanField(required=False, allow_null=True, default=None)
    cursor = serializers.CharField(max_length=200, required=False)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class ResourcesView(APIView):
    @extend_schema(
        operation_id="resources_list",
        parameters=[ResourceQuerySerializer],
        responses={200: ResourcesSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """List the resources one may know of, what changed last first."""
        asked = ResourceQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        narrowed = narrow(find_resources(reader=reader_of(request)), given)
        cursor, size = given.get("cursor", ""), given["size"]
        page = take_page(queryset=narrowed, key="-changed_at", cursor=cursor, size=size)
        rows = ResourceSerializer(page.rows, many=True).data
        return Response({"results": rows, "next_cursor": page.next_cursor})


class ResourceView(APIView):
    @extend_schema(
        operation_id="resources_read",
        responses={200: ResourceDetailSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """Read one resource with its columns and the history of its schema."""
        resource = resource_for(code=code, reader=reader_of(request))
        columns, versions = columns_of(resource.schema), history_of(resource)
        known = ResourceSerializer(resource).data
        return Response(
            {
                **known,
                "columns": ColumnSerializer(columns, many=True).data,
                "versions": VersionSerializer(versions, many=True).data,
            }
        )


def reader_of(request: Request) -> Reader:
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker
    return current_reader(user=request.user)


def narrow(resources: Any, given: dict[str, Any]) -> Any:
    """Apply the filters of page and API; raise InvalidError naming the one at fault."""
    asked = {name: value for name, value in given.items() if value is not None}
    narrowed = ResourceFilter(asked, queryset=resources)
    if not narrowed.is_valid():
        raise InvalidError(str(_("筛选条件有误。")), fields=flatten_fields(narrowed.errors))
    return narrowed.qs
