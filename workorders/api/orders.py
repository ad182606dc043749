"""Orders API: read what one's posts let one see, act through the one gate."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.lib.errors import InvalidError
from governance.lib.pagination import PAGE_SIZE, PAGE_SIZE_LIMIT
from governance.lib.requests import client_address
from governance.lib.schema import ERRORS
from workorders.api.serializers import (
    CountSerializer,
    DuplicatesSerializer,
    OrderPageSerializer,
    OrderRowSerializer,
    OrderSerializer,
    PhotoSerializer,
    PhotoUploadSerializer,
    ReporterSerializer,
    RevealSerializer,
)
from workorders.enums import Action
from workorders.filters import OrderFilter
from workorders.forms import ACT_FORMS, ActForm, ActsForm
from workorders.models import WorkOrder
from workorders.querysets import WorkOrderQuerySet
from workorders.selectors import order_detail, take_orders
from workorders.selectors.duplicates import duplicates_of
from workorders.services import Actor, Step, act_with_uploads, add_photo, reveal_reporter
from workorders.services.transitions import StaleVersionError

COUNT_LIMIT = 10_000
KEY_LENGTH = 80
ORDERINGS = {"-registered_at", "registered_at", "due_at"}


class OrderViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[WorkOrder]):
    """Work orders within the caller's scope."""

    queryset = WorkOrder.objects.none()
    serializer_class = OrderRowSerializer
    lookup_field = "number"
    lookup_value_regex = "[0-9-]{1,20}"
    filterset_class = OrderFilter

    def get_queryset(self) -> WorkOrderQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return WorkOrder.objects.none()
        return WorkOrder.objects.visible_to(self.actor.scope)

    @property
    def actor(self) -> Actor:
        if not hasattr(self, "_actor"):
            self._actor = Actor.from_user(self.request.user)  # type: ignore[arg-type]
        return self._actor

    @extend_schema(
        parameters=[
            OpenApiParameter("cursor", str, description="上一页返回的 next_cursor"),
            OpenApiParameter("size", int, description=f"每页条数，最多 {PAGE_SIZE_LIMIT}"),
            OpenApiParameter("ordering", str, enum=sorted(ORDERINGS)),
        ],
        responses={200: OrderPageSerializer, **ERRORS},
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List orders, newest first, by keyset pages."""
        page = take_orders(
            scope=self.actor.scope,
            narrow=self.filter_queryset,
            key=choice(request, "ordering", ORDERINGS, "-registered_at"),
            cursor=request.query_params.get("cursor", ""),
            size=page_size(request),
            words=request.query_params.get("q", ""),
        )
        rows = OrderRowSerializer().rows(page.rows)
        return Response({"results": rows, "next_cursor": page.next_cursor})

    @extend_schema(responses={200: OrderSerializer, **ERRORS})
    def retrieve(self, request: Request, number: str) -> Response:
        """Read one order with its history."""
        order = order_detail(number=number, scope=self.actor.scope)
        return Response(OrderSerializer(order, context={"actor": self.actor}).data)

    @extend_schema(responses={200: DuplicatesSerializer, **ERRORS})
    @action(detail=True)
    def duplicates(self, request: Request, number: str) -> Response:
        """List up to ten orders that may be about the same matter, the likeliest first."""
        order = order_detail(number=number, scope=self.actor.scope)
        found = duplicates_of(order=order, scope=self.actor.scope)
        return Response(DuplicatesSerializer({"results": found}).data)

    @extend_schema(responses={200: CountSerializer, **ERRORS})
    @action(detail=False, filterset_class=OrderFilter)
    def count(self, request: Request) -> Response:
        """Count the orders of a filter, up to a cap."""
        orders = self.filter_queryset(self.get_queryset()).order_by()
        count = orders[: COUNT_LIMIT + 1].count()
        return Response({"count": min(count, COUNT_LIMIT), "is_capped": count > COUNT_LIMIT})

    @extend_schema(request=RevealSerializer, responses={200: ReporterSerializer, **ERRORS})
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, number: str) -> Response:
        """Show the reporter unmasked; the view is written to the access log."""
        order = order_detail(number=number, scope=self.actor.scope)
        asked = RevealSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        details = reveal_reporter(
            order=order,
            actor=self.actor,
            at=timezone.now(),
            purpose=asked.validated_data["purpose"],
            address=client_address(request._request),
        )
        content = {"name": details.name, "phone": details.phone, "id_number": details.id_number}
        return Response({**content, "text": order.text})

    @extend_schema(
        request={"multipart/form-data": PhotoUploadSerializer},
        responses={201: PhotoSerializer, **ERRORS},
    )
    @action(detail=True, methods=["post"])
    def photos(self, request: Request, number: str) -> Response:
        """Add a photo; the same uuid again returns the first one."""
        order = order_detail(number=number, scope=self.actor.scope)
        asked = PhotoUploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        photo = add_photo(
            order=order,
            file=asked.validated_data["photo"],
            stage=asked.validated_data["stage"],
            uuid=asked.validated_data.get("uuid"),
            at=timezone.now(),
            actor=self.actor,
        )
        return Response(PhotoSerializer(photo).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ActsForm, responses={200: OrderRowSerializer, **ERRORS})
    @action(detail=True, methods=["post"])
    def acts(self, request: Request, number: str) -> Response:
        """Apply several actions in one go, all or none, such as accept and dispatch."""
        form = ActsForm(data=request.data)
        form.is_valid(raise_exception=True)
        return answer_act(self, request, number, form.steps(), form.seen_version)


def act_on(view: OrderViewSet, request: Request, number: str, verb: Action) -> Response:
    """Apply one action."""
    form = ACT_FORMS[verb](data=request.data)
    form.is_valid(raise_exception=True)
    given = form.device_time()
    device = given.facts(now=timezone.now()) if given else {}
    step = Step(verb, form.carried(), device)
    return answer_act(view, request, number, [step], form.seen_version, photos=form.photos)


def answer_act(
    view: OrderViewSet,
    request: Request,
    number: str,
    steps: list[Step],
    version: int | None,
    *,
    photos: Sequence[UUID] = (),
) -> Response:
    """Apply steps and answer the order; a stale version answers 409 with the fresh one."""
    try:
        order = act_with_uploads(
            number=number,
            steps=steps,
            actor=view.actor,
            at=timezone.now(),
            photos=photos,
            version=version,
            key=idempotency_key(request),
        )
    except StaleVersionError as error:
        fresh = OrderRowSerializer(error.order).data
        return Response({**error.as_json(), "order": fresh}, status=error.status)
    return Response(OrderRowSerializer(order).data)


def _add_action(verb: Action) -> None:
    """Give the viewset `POST /orders/<number>/<action>/`, documented with what it must carry."""

    def act(self: OrderViewSet, request: Request, number: str) -> Response:
        return act_on(self, request, number, verb)

    # Routes are tried in the order of these names: `acts`, the one most used, before all of them.
    act.__name__ = f"single_{verb.value}"
    act.__doc__ = str(verb.label)
    documented = extend_schema(
        operation_id=f"orders_{verb.value}",
        request=ACT_FORMS.get(verb, ActForm),
        responses={200: OrderRowSerializer, **ERRORS},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    route = action(detail=True, methods=["post"], url_path=verb.value, url_name=verb.value)
    setattr(OrderViewSet, act.__name__, documented(route(act)))


for _verb in Action:
    if _verb not in (Action.REGISTER, Action.ESCALATE):
        _add_action(_verb)


def idempotency_key(request: Request) -> str:
    """Read the key that makes a repeated act harmless; raise InvalidError for a hopeless one."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_LENGTH or not key.isascii() or (key and not key.isprintable()):
        raise InvalidError(fields={"Idempotency-Key": [f"最多 {KEY_LENGTH} 个可见 ASCII 字符"]})
    return key


def choice(request: Request, name: str, allowed: set[str], default: str) -> str:
    value = request.query_params.get(name) or default
    if value not in allowed:
        raise InvalidError(fields={name: [f"可选：{'、'.join(sorted(allowed))}"]})
    return value


def page_size(request: Request) -> int:
    raw = request.query_params.get("size") or str(PAGE_SIZE)
    if not raw.isdecimal() or len(raw) > 4 or not 1 <= int(raw) <= PAGE_SIZE_LIMIT:
        raise InvalidError(fields={"size": [f"1 至 {PAGE_SIZE_LIMIT}"]})
    return int(raw)
