"""Intake API: `POST /api/v1/intake/<channel>/` with the channel's token."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.errors import DomainError
from governance.lib.parsers import StrictJSONParser
from governance.lib.schema import ErrorSerializer
from workorders.api.serializers import ReceiptSerializer
from workorders.intake import ADAPTERS
from workorders.intake.base import Adapter
from workorders.selectors import active_channel
from workorders.services import receive


class ChannelTokenError(DomainError):
    code = "channel_token"
    status = 401
    detail = "渠道令牌缺失或无效。"


class IntakeView(APIView):
    """Take a report of one channel. A repeat of its number answers 200 with the first receipt."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    parser_classes = [StrictJSONParser]
    channel = ""

    def post(self, request: Request) -> Response:
        channel = active_channel(code=self.channel, token=bearer_token(request))
        if channel is None:
            raise ChannelTokenError(fields={"authorization": ["令牌无效"]})
        payload = ADAPTERS[self.channel](data=request.data)
        payload.is_valid(raise_exception=True)
        order, is_new = receive(report=payload.to_report(), channel=channel, at=timezone.now())
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(ReceiptSerializer(order).data, status=code)


class UnknownChannelView(APIView):
    """Answer a channel nobody knows, in the API's shape."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    schema = None

    def post(self, request: Request, channel: str) -> Response:
        raise NotFound("没有这个渠道。", code="unknown_channel")


def bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""


def intake_view(code: str) -> Any:
    """Make the view of one channel, documented with its own payload."""
    adapter: type[Adapter] = ADAPTERS[code]
    document = extend_schema(
        operation_id=f"intake_{code}",
        description=(adapter.__doc__ or "").strip(),
        request=adapter,
        responses={
            201: ReceiptSerializer,
            200: OpenApiResponse(ReceiptSerializer, "重复投递：返回首次回执"),
            400: ErrorSerializer,
            401: ErrorSerializer,
        },
        tags=["intake"],
        auth=cast(Any, [{"channelToken": []}]),
    )

    def post(self: IntakeView, request: Request) -> Response:
        return IntakeView.post(self, request)

    parts = {"channel": code, "post": document(post)}
    view: Any = type(f"{code.title()}IntakeView", (IntakeView,), parts)
    return view.as_view()
