"""Requests for sharing through the API: ask, look, decide, take back."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from datahub.api.catalogue import reader_of
from datahub.enums import RequestState
from datahub.models import SharingRequest
from datahub.selectors import resource_for
from datahub.selectors.sharing import find_requests, request_for
from datahub.services import sharing
from governance.lib.fields import CleanCharField
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT, take_page
from governance.lib.schema import ERRORS


class AskSharingSerializer(serializers.Serializer[Any]):
    purpose = CleanCharField(max_length=200, help_text="用途，提供部门据此审批")
    is_personal = serializers.BooleanField(default=False, help_text="是否需要个人信息原值")
    ends_on = serializers.DateField(help_text="用到哪一天")
    area = CleanCharField(
        max_length=20, required=False, default="", allow_blank=True,
        help_text="只要这个街道或社区的行（数据返还），由其在岗人员共用；不填则申请全部",
    )  # fmt: skip
    area_column = CleanCharField(
        max_length=40, required=False, default="", allow_blank=True,
        help_text="写有区域编码或名称的列",
    )  # fmt: skip
    columns = serializers.ListField(
        child=CleanCharField(max_length=40), max_length=200, required=False, default=list,
        help_text="返还哪些列，默认全部",
    )  # fmt: skip


class ApproveSharingSerializer(serializers.Serializer[Any]):
    granted_until = serializers.DateField(help_text="授权到哪一天，可早于申请的日期")
    answer = CleanCharField(max_length=200, required=False, default="", allow_blank=True)


class RefuseSharingSerializer(serializers.Serializer[Any]):
    answer = CleanCharField(max_length=200, help_text="不同意的理由")


class RevokeSharingSerializer(serializers.Serializer[Any]):
    reason = CleanCharField(max_length=160, help_text="收回的理由")


class SharingRequestSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    resource = serializers.CharField(source="resource.code", help_text="资源编码")
    asked_by = serializers.CharField()
    unit = serializers.CharField(help_text="申请单位")
    purpose = serializers.CharField()
    is_personal = serializers.BooleanField()
    area = serializers.CharField(source="area.code", default="", help_text="返还到的区域")
    area_column = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField(), help_text="空为全部")
    ends_on = serializers.DateField()
    asked_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=RequestState.choices)
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    granted_until = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ending = serializers.CharField(help_text="终止原因")


class SharingQuerySerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=RequestState.choices, required=False)
    cursor = serializers.CharField(max_length=200, required=False)
    size = serializers.IntegerField(min_value=1, max_value=PAGE_SIZE_LIMIT, default=PAGE_SIZE)


class SharingRequestsSerializer(serializers.Serializer[Any]):
    results = SharingRequestSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class AskSharingView(APIView):
    @extend_schema(
        operation_id="sharing_ask",
        request=AskSharingSerializer,
        responses={201: SharingRequestSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask the owner of a resource for its rows, for a purpose and until a day."""
        reader = reader_of(request)
        resource = resource_for(code=code, reader=reader)
        asked = AskSharingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        cut = sharing.read_cut(
            area=given.pop("area"), column=given.pop("area_column"), columns=given.pop("columns")
        )
        made = sharing.ask_sharing(
            resource=resource,
            reader=reader,
            by=person(request),
            at=timezone.now(),
            cut=cut,
            **given,
        )
        return Response(SharingRequestSerializer(made).data, status=201)


class SharingRequestsView(APIView):
    @extend_schema(
        operation_id="sharing_list",
        parameters=[SharingQuerySerializer],
        responses={200: SharingRequestsSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request) -> Response:
        """List one's own requests and those that one decides on, the newest first."""
        asked = SharingQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        found = find_requests(reader=reader_of(request))
        if state := given.get("state"):
            found = found.filter(state=state)
        page = take_page(
            queryset=found, key="-asked_at", cursor=given.get("cursor", ""), size=given["size"]
        )
        rows = SharingRequestSerializer(page.rows, many=True).data
        return Response({"results": rows, "next_cursor": page.next_cursor})


class SharingRequestView(APIView):
    @extend_schema(
        operation_id="sharing_read",
        responses={200: SharingRequestSerializer, **ERRORS},
        tags=["datahub"],
    )
    def get(self, request: Request, uuid: str) -> Response:
        """Read what became of a request."""
        found = request_for(uuid=uuid, reader=reader_of(request))
        return Response(SharingRequestSerializer(found).data)


def decision(
    operation: str, asks: type[serializers.Serializer[Any]], told: str
) -> Callable[[type[APIView]], type[APIView]]:
    """Describe a decision's only way in, which is the same for all of them."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=operation,
            description=told,
            request=asks,
            responses={200: SharingRequestSerializer, **ERRORS},
            tags=["datahub"],
        )
    )


class DecisionView(APIView):
    """The words of a decision are checked here, the rest is the service's."""

    asks: type[serializers.Serializer[Any]]
    decide: Callable[..., SharingRequest]

    def post(self, request: Request, uuid: str) -> Response:
        reader = reader_of(request)
        found = request_for(uuid=uuid, reader=reader)
        asked = self.asks(data=request.data)
        asked.is_valid(raise_exception=True)
        told = {"request": found, "reader": reader, "by": person(request), "at": timezone.now()}
        done = self.decide(**told, **asked.validated_data)
        return Response(SharingRequestSerializer(done).data)


@decision("sharing_approve", ApproveSharingSerializer, "Grant what was asked for, until a day.")
class ApproveSharingView(DecisionView):
    asks = ApproveSharingSerializer
    decide = staticmethod(sharing.approve_sharing)


@decision("sharing_refuse", RefuseSharingSerializer, "Refuse with a reason.")
class RefuseSharingView(DecisionView):
    asks = RefuseSharingSerializer
    decide = staticmethod(sharing.refuse_sharing)


@decision("sharing_revoke", RevokeSharingSerializer, "End a grant before its day, with a reason.")
class RevokeSharingView(DecisionView):
    asks = RevokeSharingSerializer
    decide = staticmethod(sharing.revoke_sharing)


class WithdrawSharingView(APIView):
    @extend_schema(
        operation_id="sharing_withdraw",
        request=None,
        responses={200: SharingRequestSerializer, **ERRORS},
        tags=["datahub"],
    )
    def post(self, request: Request, uuid: str) -> Response:
        """Take back one's own request that nobody has decided."""
        found = request_for(uuid=uuid, reader=reader_of(request))
        done = sharing.withdraw_sharing(request=found, by=person(request), at=timezone.now())
        return Response(SharingRequestSerializer(done).data)


def person(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker
    return request.user
