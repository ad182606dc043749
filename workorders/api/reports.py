"""Reports API: what a signed-in grid worker found, delivered by the phone's outbox."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.errors import ConflictError
from governance.lib.schema import ERRORS
from workorders.api.uploads import ProgressSerializer, person_of
from workorders.forms.phone import PhoneReportForm
from workorders.models import Channel, WorkOrder
from workorders.selectors import page_channel
from workorders.selectors.uploads import progress_of_all
from workorders.services import Actor
from workorders.services.reports import report_with_uploads, self_handle_with_uploads


class ReportReceiptSerializer(serializers.Serializer[Any]):
    """What the phone hears: the number, and how far each photo is that it has announced."""

    number = serializers.CharField()
    state = serializers.CharField()
    occurred_at = serializers.DateTimeField(help_text="按服务器时钟订正后的发现时间")
    registered_at = serializers.DateTimeField()
    photos = ProgressSerializer(many=True)


class FindingsView(APIView):
    @extend_schema(
        operation_id="findings_create",
        request=PhoneReportForm,
        responses={
            201: ReportReceiptSerializer,
            200: OpenApiResponse(ReportReceiptSerializer, "重复投递：返回首次的工单"),
            **ERRORS,
        },
        tags=["reports"],
    )
    def post(self, request: Request) -> Response:
        """Register a finding; the same `record_uuid` of the same person gets the first answer."""
        form = PhoneReportForm(data=request.data)
        form.is_valid(raise_exception=True)
        actor = Actor.from_user(person_of(request))
        order, is_new = deliver(form, actor)
        uuids = [photo.uuid for photo in form.photos_announced]
        photos = progress_of_all(uuids=uuids, owner=person_of(request))
        facts = {name: getattr(order, name) for name in FACTS}
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(ReportReceiptSerializer({**facts, "photos": photos}).data, status=code)


FACTS = ("number", "state", "occurred_at", "registered_at")


def deliver(form: PhoneReportForm, actor: Actor) -> tuple[WorkOrder, bool]:
    """Hand the finding to the one service that it asks for."""
    at, photos = timezone.now(), form.photos_announced
    report, channel = form.report(now=at), patrol_channel()
    if not form.validated_data["is_self_handled"]:
        return report_with_uploads(
            report=report, channel=channel, actor=actor, at=at, photos=photos
        )
    return self_handle_with_uploads(
        report=report,
        channel=channel,
        actor=actor,
        at=at,
        photos=[photo.uuid for photo in photos],
        carried={"result": form.validated_data["result"]},
    )


def patrol_channel() -> Channel:
    channel = page_channel(code="patrol")
    if channel is None:
        raise ConflictError(_("上报渠道已停用，请联系管理员。"), code="channel_closed")
    return channel
