"""What one is told of departments' data, through the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from datahub.api.catalogue import reader_of
from datahub.selectors.notices import notices_of
from governance.lib.schema import ERRORS


class ToldSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="什么事，如“共享申请：待您审批”")
    title = serializers.CharField()
    detail = serializers.CharField()
    at = serializers.DateTimeField()
    path = serializers.CharField(help_text="在哪一页处理")


class ToldListSerializer(serializers.Serializer[Any]):
    results = ToldSerializer(many=True)


class HubNoticesView(APIView):
    @extend_schema(
        operation_id="catalogue_notices",
        responses={200: ToldListSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """List data owed, requests to decide, decisions, findings and failing fetches; 50."""
        found = notices_of(reader=reader_of(request), at=timezone.now())
        return Response({"results": ToldSerializer(found, many=True).data})
