"""Elements of the grid through the API: what there is, its contact on record, visits."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.lib.errors import NotFoundError
from governance.lib.fields import CleanCharField, InstantField
from governance.lib.masking import mask_text
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS
from grids.enums import ElementKind, VisitOutcome, VisitPurpose
from grids.models import Element, Visit
from grids.selectors.elements import ElementQuery, element_of, elements_page, newest_visits
from grids.services import current_scope
from grids.services.duties import Told
from grids.services.elements import VisitReport, record_visit, reveal_contact


class ElementSerializer(serializers.ModelSerializer[Element]):
    """An element with its contact masked."""

    kind_label = serializers.CharField(source="get_kind_display")
    grid = serializers.CharField(source="area.code")
    grid_name = serializers.CharField(source="area.name")
    address = serializers.SerializerMethodField()
    lon = serializers.FloatField(source="point.x", allow_null=True, default=None)
    lat = serializers.FloatField(source="point.y", allow_null=True, default=None)
    attributes = serializers.SerializerMethodField()

    class Meta:
        model = Element
        fields = [
            "id", "kind", "kind_label", "name", "phone_masked", "grid", "grid_name", "address",
            "lon", "lat", "attributes", "added_at", "visited_at", "is_demo",
        ]  # fmt: skip
        read_only_fields = fields

    def get_address(self, element: Element) -> str:
        return mask_text(element.address)

    def get_attributes(self, element: Element) -> dict[str, str]:
        return {str(name): mask_text(str(words)) for name, words in element.attributes.items()}


class VisitSerializer(serializers.ModelSerializer[Visit]):
    worker = serializers.CharField(source="worker.name")
    purpose_label = serializers.CharField(source="get_purpose_display")
    outcome_label = serializers.CharField(source="get_outcome_display")
    findings = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = [
            "id", "worker", "purpose", "purpose_label", "outcome", "outcome_label", "findings",
            "at", "received_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_findings(self, visit: Visit) -> str:
        return mask_text(visit.findings)


class VisitRequestSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="由手机给出，重发时不变")
    purpose = serializers.ChoiceField(choices=VisitPurpose.choices)
    outcome = serializers.ChoiceField(choices=VisitOutcome.choices)
    findings = CleanCharField(max_length=2000, required=False, allow_blank=True, default="")
    device_at = InstantField(help_text="走访时的手机时间")
    sent_at = InstantField(help_text="发送时的手机时间，用来校正手机时钟")

    def report(self) -> VisitReport:
        known = dict(self.validated_data)
        told = Told(known.pop("device_at"), known.pop("sent_at"))
        return VisitReport(**known, told=told)


class ElementQuerySerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ElementKind.choices, required=False)
    area = CleanCharField(max_length=20, required=False, help_text="任一级区域的编码")
    q = CleanCharField(max_length=80, required=False, help_text="名称或地址中的字")
    cursor = CleanCharField(max_length=300, required=False, help_text="上一页的 next_cursor")
    size = serializers.IntegerField(
        min_value=1, max_value=PAGE_SIZE_LIMIT, required=False, default=PAGE_SIZE
    )


class ElementPageSerializer(serializers.Serializer[Any]):
    results = ElementSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class VisitListSerializer(serializers.Serializer[Any]):
    results = VisitSerializer(many=True)


class PurposeSerializer(serializers.Serializer[Any]):
    purpose = CleanCharField(max_length=200, help_text="为什么要看，记入访问日志")


class ContactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    phone = serializers.CharField()


class ElementsView(APIView):
    @extend_schema(
        operation_id="elements_list",
        parameters=[ElementQuerySerializer],
        responses={200: ElementPageSerializer, **ERRORS},
        tags=["elements"],
    )
    def get(self, request: Request) -> Response:
        """List the elements that one may see, newest first, by keyset pages."""
        asked = ElementQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        known, user = asked.validated_data, request.user
        page = elements_page(
            query=ElementQuery(known.get("kind", ""), known.get("area", ""), known.get("q", "")),
            scope=current_scope(user=user),  # type: ignore[arg-type]
            cursor=known.get("cursor", ""),
            size=known["size"],
        )
        rows = ElementSerializer(page.rows, many=True).data
        return Response({"results": rows, "next_cursor": page.next_cursor})


class ElementVisitsView(APIView):
    @extend_schema(
        operation_id="elements_visits",
        responses={200: VisitListSerializer, **ERRORS},
        tags=["elements"],
    )
    def get(self, request: Request, pk: int) -> Response:
        """List the newest visits of an element that one may see."""
        element = element_of(pk=pk, scope=current_scope(user=request.user))  # type: ignore[arg-type]
        if element is None:
            raise NotFoundError
        return Response(
            {"results": VisitSerializer(newest_visits(element=element), many=True).data}
        )

    @extend_schema(
        operation_id="elements_visit",
        request=VisitRequestSerializer,
        responses={201: VisitSerializer, **ERRORS},
        tags=["elements"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Record a visit in one's own grid; the same id again gets the first answer."""
        asked = VisitRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        visit = record_visit(
            user=user,
            scope=current_scope(user=user),
            element_id=pk,
            report=asked.report(),
            at=timezone.now(),
        )
        return Response(VisitSerializer(visit).data, status=status.HTTP_201_CREATED)


class ElementContactView(APIView):
    @extend_schema(
        operation_id="elements_contact",
        request=PurposeSerializer,
        responses={200: ContactSerializer, **ERRORS},
        tags=["elements"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Show name and telephone in full; who looked and why is on record."""
        asked = PurposeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        contact = reveal_contact(
            element_id=pk,
            user=user,
            scope=current_scope(user=user),
            at=timezone.now(),
            purpose=asked.validated_data["purpose"],
            address=client_address(request._request),
        )
        return Response(ContactSerializer(contact).data)
