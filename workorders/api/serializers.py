"""How an order leaves through the API: masked for everybody; `reveal` is the only way round."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance.lib.masking import mask_text
from workorders.enums import State
from workorders.models import (
    Application,
    Category,
    Clock,
    Event,
    Photo,
    SupervisionLetter,
    WorkOrder,
)
from workorders.selectors import ListedOrder, Reference, reference
from workorders.selectors.families import family_of
from workorders.services.actors import Actor, permitted_actions


class MaskedTextField(serializers.CharField):
    """A text with every identity and telephone number masked."""

    def to_representation(self, value: Any) -> str:
        return mask_text(super().to_representation(value))


class MaskedContentField(serializers.JSONField):
    """JSON with every text in it masked; people write telephone numbers into any of them."""

    def to_representation(self, value: Any) -> Any:
        return masked(value)


def masked(content: Any) -> Any:
    if isinstance(content, str):
        return mask_text(content)
    if isinstance(content, dict):
        return {name: masked(value) for name, value in content.items()}
    return [masked(item) for item in content] if isinstance(content, list) else content


class NamedField(serializers.Field[Any, Any, Any, Any]):
    """A reference as `{"code", "name"}`."""

    def to_representation(self, value: Any) -> dict[str, str]:
        return {"code": value.code, "name": value.name}


@extend_schema_field(
    {"type": "object", "nullable": True,
     "properties": {"code": {"type": "string"}, "name": {"type": "string"}}}
)  # fmt: skip
class ReferenceField(NamedField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)


class OrderRowSerializer(serializers.ModelSerializer[WorkOrder]):
    """One row of a queue. Names come from the reference data in memory, not from joins."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    title = MaskedTextField(read_only=True)
    address = MaskedTextField(read_only=True)
    channel = ReferenceField()
    category = ReferenceField()
    street = ReferenceField()
    community = ReferenceField()
    grid = ReferenceField()
    department = ReferenceField()
    holder_area = ReferenceField()
    lon = serializers.FloatField(source="point.x", default=None, read_only=True, allow_null=True)
    lat = serializers.FloatField(source="point.y", default=None, read_only=True, allow_null=True)

    class Meta:
        model = WorkOrder
        fields = [
            "number", "version", "state", "state_label", "title", "channel", "category", "nature",
            "urgency", "address", "place_source", "street", "community", "grid", "department",
            "holder_area", "level", "occurred_at", "registered_at", "due_at", "is_overdue",
            "lon", "lat", "is_demo",
        ]  # fmt: skip
        read_only_fields = fields

    @cached_property
    def known(self) -> Reference:
        return reference()

    def to_representation(self, order: WorkOrder) -> dict[str, Any]:
        place = (order.point.x, order.point.y) if order.point else (None, None)
        return order_row(order, place, state_labels(get_language()), self.known)

    def rows(self, listed: Iterable[ListedOrder]) -> list[dict[str, Any]]:
        """Write the rows of a queue; see `selectors.listed_orders`."""
        labels, known = state_labels(get_language()), self.known
        return [order_row(row, (row.lon, row.lat), labels, known) for row in listed]


@cache
def state_labels(language: str | None) -> dict[str, str]:
    """Translate the states once; `language` is the active one."""
    return {state.value: str(state.label) for state in State}


def order_row(
    order: WorkOrder | ListedOrder,
    place: tuple[float | None, float | None],
    labels: Mapping[str, str],
    known: Reference,
) -> dict[str, Any]:
    """Write one row field by field: a queue of 50 would spend most of its time in field objects."""
    (lon, lat), names = place, known.names
    return {
        "number": order.number,
        "version": order.version,
        "state": order.state,
        "state_label": labels[order.state],
        "title": mask_text(order.title),
        "channel": names.channels.get(order.channel_id),
        "category": names.categories.get(order.category_id),
        "nature": order.nature,
        "urgency": order.urgency,
        "address": mask_text(order.address),
        "place_source": order.place_source,
        "street": names.areas.get(order.street_id),
        "community": names.areas.get(order.community_id),
        "grid": names.areas.get(order.grid_id),
        "department": names.departments.get(order.department_id),
        "holder_area": names.areas.get(order.holder_area_id),
        "level": order.level,
        "occurred_at": instant(order.occurred_at),
        "registered_at": instant(order.registered_at),
        "due_at": instant(order.due_at),
        "is_overdue": order.is_overdue,
        "lon": lon,
        "lat": lat,
        "is_demo": order.is_demo,
    }


def instant(value: datetime | None) -> str | None:
    """Write an instant in the district's time, ISO 8601."""
    return value.astimezone(timezone.get_default_timezone()).isoformat() if value else None


class EventSerializer(serializers.ModelSerializer[Event]):
    action_label = serializers.CharField(source="get_action_display", read_only=True)
    note = MaskedTextField(read_only=True)
    content = MaskedContentField(read_only=True)

    class Meta:
        model = Event
        fields = [
            "sequence", "action", "action_label", "from_state", "to_state", "actor_kind",
            "actor_label", "at", "note", "content", "is_public",
        ]  # fmt: skip
        read_only_fields = fields


class ClockSerializer(serializers.ModelSerializer[Clock]):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Clock
        fields = [
            "kind", "kind_label", "limit_label", "started_at", "due_at", "met_at", "breached_at",
        ]  # fmt: skip
        read_only_fields = fields


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    reason = MaskedTextField(read_only=True)

    class Meta:
        model = Application
        fields = [
            "kind", "kind_label", "state", "state_label", "reason", "until", "asked_at",
            "asked_by", "decided_at", "decided_by", "resume_at",
        ]  # fmt: skip
        read_only_fields = fields


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    url = serializers.SerializerMethodField()

    class Meta:
        model = Photo
        fields = ["uuid", "stage", "url", "content_type", "size", "width", "height", "sha256",
                  "uploaded_at"]  # fmt: skip
        read_only_fields = fields

    def get_url(self, photo: Photo) -> str:
        return f"/photos/{photo.uuid}/"


class LetterSerializer(serializers.ModelSerializer[SupervisionLetter]):
    text = MaskedTextField(read_only=True)
    answer = MaskedTextField(read_only=True)

    class Meta:
        model = SupervisionLetter
        fields = [
            "level", "text", "issued_at", "issued_by", "due_at", "answered_at", "answered_by",
            "answer",
        ]  # fmt: skip
        read_only_fields = fields


class RelativeSerializer(serializers.Serializer[Any]):
    """A related order: what everybody who sees the family may know of it."""

    number = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    holder = serializers.CharField()
    part = serializers.CharField()
    part_label = serializers.CharField()
    is_visible = serializers.BooleanField(help_text="您能否打开此单")


class FamilySerializer(serializers.Serializer[Any]):
    """The orders around one: its parent, the order it was merged into, its parts, its merged."""

    parent = RelativeSerializer(allow_null=True)
    merged_into = RelativeSerializer(allow_null=True)
    parts = RelativeSerializer(many=True)
    merged = RelativeSerializer(many=True)


class OrderSerializer(OrderRowSerializer):
    """One order with its history, clocks and photos."""

    text = MaskedTextField(read_only=True)
    result = MaskedTextField(read_only=True)
    answer = MaskedTextField(read_only=True)
    reporter_name = serializers.CharField(source="reporter.name_masked", default="", read_only=True)
    reporter_phone = serializers.CharField(
        source="reporter.phone_masked", default="", read_only=True
    )
    actions = serializers.SerializerMethodField(help_text="您此刻可对此单执行的动作")
    family = serializers.SerializerMethodField(help_text="主单、拆分单、协办单与并单")
    events = EventSerializer(many=True, read_only=True)
    clocks = ClockSerializer(many=True, read_only=True)
    applications = ApplicationSerializer(many=True, read_only=True)
    photos = PhotoSerializer(many=True, read_only=True)
    letters = LetterSerializer(many=True, read_only=True)

    class Meta(OrderRowSerializer.Meta):
        fields = [
            *OrderRowSerializer.Meta.fields, "external_number", "text", "result", "answer",
            "reporter_name", "reporter_phone", "accepted_at", "resolved_at", "closed_at",
            "is_solved", "satisfaction", "is_confidential", "is_excluded", "alert",
            "supervision_level", "actions", "family", "events", "clocks", "applications", "photos",
            "letters",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, order: WorkOrder) -> dict[str, Any]:
        return serializers.ModelSerializer.to_representation(self, order)

    def get_actions(self, order: WorkOrder) -> list[str]:
        actor: Actor = self.context["actor"]
        return [action.value for action in permitted_actions(order=order, actor=actor)]

    @extend_schema_field(FamilySerializer)
    def get_family(self, order: WorkOrder) -> dict[str, Any]:
        actor: Actor = self.context["actor"]
        return FamilySerializer(family_of(order=order, scope=actor.scope)).data


class DuplicateSerializer(serializers.Serializer[Any]):
    """An order that may be about the same matter, and why."""

    order = OrderRowSerializer()
    reason = serializers.CharField(help_text="如：同网格、120 米内、3 天前、文字相似 64%")
    similarity = serializers.IntegerField(help_text="文字相似度，百分数")
    metres = serializers.IntegerField(allow_null=True)
    can_take = serializers.BooleanField(help_text="仍在办理，可以并入")


class DuplicatesSerializer(serializers.Serializer[Any]):
    results = DuplicateSerializer(many=True)


class OrderPageSerializer(serializers.Serializer[Any]):
    results = OrderRowSerializer(many=True)
    next_cursor = serializers.CharField(help_text="为空表示没有下一页")


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="最多计到 10000")
    is_capped = serializers.BooleanField()


class RevealSerializer(serializers.Serializer[Any]):
    purpose = serializers.CharField(max_length=200, help_text="查看事由，记入访问日志")


class ReporterSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    phone = serializers.CharField()
    id_number = serializers.CharField()
    text = serializers.CharField(help_text="未脱敏的诉求内容")


class PhotoUploadSerializer(serializers.Serializer[Any]):
    photo = serializers.FileField()
    stage = serializers.ChoiceField(
        choices=[("report", "上报"), ("before", "处置前"), ("after", "处置后")]
    )
    uuid = serializers.UUIDField(required=False)


class ReceiptSerializer(serializers.Serializer[Any]):
    """What a channel hears for its delivery."""

    number = serializers.CharField()
    tracking_code = serializers.CharField()
    state = serializers.CharField()
    registered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    place_source = serializers.CharField()
    grid = ReferenceField()

    def to_representation(self, order: WorkOrder) -> dict[str, Any]:
        return {
            "number": order.number,
            "tracking_code": order.tracking_code,
            "state": order.state,
            "registered_at": instant(order.registered_at),
            "due_at": instant(order.due_at),
            "place_source": order.place_source,
            "grid": reference().names.areas.get(order.grid_id),
        }


class CategorySerializer(serializers.ModelSerializer[Category]):
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", default=None, read_only=True
    )
    department = ReferenceField()

    class Meta:
        model = Category
        fields = ["code", "name", "parent", "domain", "is_grid_matter", "department"]
        read_only_fields = fields


class CategoryListSerializer(serializers.Serializer[Any]):
    results = CategorySerializer(many=True)
