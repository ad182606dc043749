"""Knowledge API: what departments answer, and a reader's word that it no longer holds."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.fields import CleanCharField
from governance.lib.schema import ERRORS
from workorders.models import KnowledgeEntry
from workorders.selectors.knowledge import search_entries
from workorders.services import Actor
from workorders.services.knowledge import mark_outdated


class KnowledgeQuerySerializer(serializers.Serializer[Any]):
    q = CleanCharField(
        max_length=80, required=False, allow_blank=True, help_text="问题或答复中的词，空格分开"
    )


class KnowledgeEntrySerializer(serializers.ModelSerializer[KnowledgeEntry]):
    department = serializers.CharField(source="department.name", read_only=True)
    category = serializers.CharField(source="category.code", read_only=True, default=None)
    is_expired = serializers.SerializerMethodField()
    doubts = serializers.IntegerField(read_only=True, help_text="认为已过时、尚未核对的反馈数")

    class Meta:
        model = KnowledgeEntry
        fields = [
            "id", "question", "answer", "department", "category", "valid_until", "is_expired",
            "doubts", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_is_expired(self, entry: KnowledgeEntry) -> bool:
        return entry.is_expired(self.context["on"])


class KnowledgeListSerializer(serializers.Serializer[Any]):
    results = KnowledgeEntrySerializer(many=True)


class OutdatedSerializer(serializers.Serializer[Any]):
    note = CleanCharField(max_length=200, required=False, allow_blank=True, help_text="哪里过时")


class KnowledgeView(APIView):
    @extend_schema(
        operation_id="knowledge_list",
        parameters=[KnowledgeQuerySerializer],
        responses={200: KnowledgeListSerializer, **ERRORS},
        tags=["knowledge"],
    )
    def get(self, request: Request) -> Response:
        """List up to 50 published entries with all of the words; the expired ones come last."""
        asked = KnowledgeQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        actor, on = Actor.from_user(request.user), timezone.localdate()  # type: ignore[arg-type]
        words = asked.validated_data.get("q", "")
        found = search_entries(words=words, scope=actor.scope, on=on)
        rows = [*found.current, *found.expired]
        return Response(
            {"results": KnowledgeEntrySerializer(rows, many=True, context={"on": on}).data}
        )


class OutdatedView(APIView):
    @extend_schema(
        operation_id="knowledge_mark_outdated",
        request=OutdatedSerializer,
        responses={204: None, **ERRORS},
        tags=["knowledge"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say that an entry no longer holds; whoever keeps it sees the note in the admin."""
        form = OutdatedSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        actor = Actor.from_user(request.user)  # type: ignore[arg-type]
        note = form.validated_data.get("note", "")
        mark_outdated(pk=pk, actor=actor, note=note, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
