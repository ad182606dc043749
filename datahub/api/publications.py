"""Open data through the API: have a snapshot prepared, look at it, publish it, take it back."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import reader_of
from datahub.api.sharing import person
from datahub.enums import PublicationState, Treatment
from datahub.models import Publication
from datahub.selectors import resource_for
from datahub.selectors.publications import publication_for, publications_of
from datahub.services import ask_publication, publish_publication, withdraw_publication
from datahub.tasks import ring_publications
from governance.lib.fields import CleanCharField
from governance.lib.parsers import StrictJSONParser
from governance.lib.schema import ERRORS


class StepSerializer(serializers.Serializer[Any]):
    treatment = serializers.ChoiceField(choices=Treatment.choices)
    size = serializers.IntegerField(
        min_value=0, default=0, help_text="区间宽度，或保留的位数；其他方式不用"
    )
    is_quasi = serializers.BooleanField(default=False, help_text="是否能用来辨认人（准标识）")


class AskPublicationSerializer(serializers.Serializer[Any]):
    plan = serializers.DictField(child=StepSerializer(), help_text="列名到处理；没有写到的列不公开")
    licence = CleanCharField(max_length=400, help_text="使用许可")
    description = CleanCharField(max_length=400, required=False, default="", allow_blank=True)


class ReportSerializer(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    published = serializers.IntegerField(help_text="公开的行")
    suppressed = serializers.IntegerField(help_text="因群组过小而不公开的行")
    groups = serializers.IntegerField(allow_null=True)
    small_groups = serializers.IntegerField()
    k = serializers.IntegerField(allow_null=True, help_text="公开的最小群组有多少行")
    quasi = serializers.ListField(child=serializers.CharField(), help_text="准标识列")
    diversity = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        required=False,
        help_text="其他各列在公开的群组里最少有几种值（l-多样性）；1 表示知道某人在组里就知道其值",
    )
    covered = serializers.DictField(
        child=serializers.IntegerField(), help_text="文本中遮盖了号码的行数，按列"
    )
    csv_bytes = serializers.IntegerField(required=False)
    jsonl_bytes = serializers.IntegerField(required=False)


class PublicationSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    resource = serializers.CharField(source="resource.code", help_text="资源编码")
    state = serializers.ChoiceField(choices=PublicationState.choices)
    detail = serializers.CharField(help_text="无法公开的原因")
    plan = serializers.DictField(child=StepSerializer())
    k = serializers.IntegerField(help_text="要求的最小群组")
    description = serializers.CharField()
    licence = serializers.CharField()
    report = serializers.SerializerMethodField(help_text="脱敏完成前为空")
    asked_at = serializers.DateTimeField()
    prepared_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ReportSerializer(allow_null=True))
    def get_report(self, publication: Publication) -> dict[str, Any] | None:
        return publication.report or None


class PublicationsSerializer(serializers.Serializer[Any]):
    results = PublicationSerializer(many=True)


class PublicationsView(APIView):
    parser_classes = [StrictJSONParser]

    @extend_schema(
        operation_id="publications_list",
        responses={200: PublicationsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, code: str) -> Response:
        """List the newest publications of a resource, to those who decide for its owner."""
        reader = reader_of(request)
        found = publications_of(resource=resource_for(code=code, reader=reader), reader=reader)
        return Response({"results": PublicationSerializer(found, many=True).data})

    @extend_schema(
        operation_id="publications_ask",
        request=AskPublicationSerializer,
        responses={202: PublicationSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Have a desensitised snapshot prepared; a worker does it and reports what it found."""
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        asked = AskPublicationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = ask_publication(
            resource=resource,
            reader=reader,
            by=person(request),
            at=timezone.now(),
            **asked.validated_data,
        )
        ring_publications()
        return Response(PublicationSerializer(made).data, status=202)


class PublicationView(APIView):
    @extend_schema(
        operation_id="publications_read",
        responses={200: PublicationSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """Read a publication with its report."""
        found = publication_for(uuid=uuid, reader=reader_of(request))
        return Response(PublicationSerializer(found).data)


class PublicationActView(APIView):
    """What an owner does with a snapshot; the service decides whether it may be."""

    act: Callable[..., Publication]

    def post(self, request: Request, uuid: str) -> Response:
        reader = reader_of(request)
        found = publication_for(uuid=uuid, reader=reader)
        done = self.act(publication=found, reader=reader, by=person(request), at=timezone.now())
        return Response(PublicationSerializer(done).data)


@extend_schema_view(
    post=extend_schema(
        operation_id="publications_publish",
        description="Let everybody download a prepared snapshot; the one before gives way to it.",
        request=None,
        responses={200: PublicationSerializer, **ERRORS},
        tags=["datahub"],
    )
)
class PublishView(PublicationActView):
    act = staticmethod(publish_publication)


@extend_schema_view(
    post=extend_schema(
        operation_id="publications_withdraw",
        description="Take back what is published or prepared; its files are deleted.",
        request=None,
        responses={200: PublicationSerializer, **ERRORS},
        tags=["datahub"],
    )
)
class UnpublishView(PublicationActView):
    act = staticmethod(withdraw_publication)
