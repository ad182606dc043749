"""Notices API: what one's posts are told."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.pagination import PAGE_SIZE_LIMIT
from governance.lib.schema import ERRORS
from workorders.api.orders import page_size
from workorders.api.serializers import MaskedTextField
from workorders.models import Notice
from workorders.selectors import notices_for
from workorders.services import Actor


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    number = serializers.CharField(source="order.number", read_only=True)
    title = MaskedTextField(source="order.title", read_only=True)
    state = serializers.CharField(source="order.state", read_only=True)
    action = serializers.CharField(source="event.action", read_only=True)
    action_label = serializers.CharField(source="event.get_action_display", read_only=True)
    note = MaskedTextField(source="event.note", read_only=True)
    reach_label = serializers.CharField(source="get_reach_display", read_only=True)
    deed_label = serializers.CharField(source="get_deed_display", read_only=True)

    class Meta:
        model = Notice
        fields = [
            "number", "title", "state", "action", "action_label", "note", "reach", "reach_label",
            "deed", "deed_label", "at",
        ]  # fmt: skip
        read_only_fields = fields


class NoticePageSerializer(serializers.Serializer[Any]):
    results = NoticeSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class NoticesView(APIView):
    @extend_schema(
        operation_id="notices_list",
        parameters=[
            OpenApiParameter("cursor", str, description="上一页返回的 next_cursor"),
            OpenApiParameter("size", int, description=f"每页条数，最多 {PAGE_SIZE_LIMIT}"),
        ],
        responses={200: NoticePageSerializer, **ERRORS},
        tags=["notices"],
    )
    def get(self, request: Request) -> Response:
        """List what one's posts are told, newest first, by keyset pages."""
        actor = Actor.from_user(request.user)  # type: ignore[arg-type]
        page = notices_for(
            user=request.user,  # type: ignore[arg-type]
            scope=actor.scope,
            on=timezone.localdate(),
            cursor=request.query_params.get("cursor", ""),
            size=page_size(request),
        )
        rows = NoticeSerializer(page.rows, many=True).data
        return Response({"results": rows, "next_cursor": page.next_cursor})
