"""Acts on many orders at once: asked here, done by the workers, the outcome read here."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from governance.lib.schema import ERRORS
from workorders.api.orders import idempotency_key
from workorders.forms.bulk import BulkForm, asked_bulk
from workorders.models import BulkRow
from workorders.selectors.bulk import BulkOutcome, bulk_outcome
from workorders.services import ask_bulk
from workorders.tasks import ring_bulk


class RefusedRowSerializer(serializers.ModelSerializer[BulkRow]):
    class Meta:
        model = BulkRow
        fields = ["number", "code", "detail"]
        read_only_fields = fields


class BulkSerializer(serializers.Serializer[Any]):
    """A job: how many orders are done, refused and waiting, and why those were refused."""

    uuid = serializers.UUIDField(source="job.uuid")
    action = serializers.CharField(source="job.action")
    asked_at = serializers.DateTimeField(source="job.asked_at")
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    waiting = serializers.IntegerField()
    refused = RefusedRowSerializer(many=True)


class BulkView(APIView):
    @extend_schema(
        operation_id="orders_bulk",
        request=BulkForm,
        responses={202: BulkSerializer, **ERRORS},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def post(self, request: Request) -> Response:
        """Ask for one act on up to 500 orders; each is done or refused by itself."""
        asked = asked_bulk(given=request.data)
        user = person(request)
        job = ask_bulk(
            actor=user,
            action=asked.action,
            carried=asked.carried,
            rows=asked.rows,
            at=timezone.now(),
            key=idempotency_key(request),
        )
        ring_bulk()
        return Response(shown(bulk_outcome(uuid=job.uuid, user=user)), status=202)


class BulkJobView(APIView):
    @extend_schema(operation_id="orders_bulk_outcome", responses={200: BulkSerializer, **ERRORS})
    def get(self, request: Request, uuid: UUID) -> Response:
        """Read what has become of one's own job."""
        return Response(shown(bulk_outcome(uuid=uuid, user=person(request))))


def shown(outcome: BulkOutcome) -> Any:
    return BulkSerializer(outcome).data


def person(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker
    return request.user
