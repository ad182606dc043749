"""What the payloads of all channels share: strict fields and the way to a `Report`."""

from typing import Any

from rest_framework import serializers

from governance.lib.fields import CleanCharField, DegreesField, InputSerializer, InstantField
from governance.lib.phones import plain_phone
from grids.enums import Crs
from workorders.enums import Urgency
from workorders.report import Report, ReporterDetails

TEXT_LIMIT = 10_000


class PointField(InputSerializer):
    """A position in degrees with its coordinate system."""

    lon = DegreesField(min_value=-180, max_value=180)
    lat = DegreesField(min_value=-90, max_value=90)
    crs = serializers.ChoiceField(choices=Crs.choices, default=Crs.WGS84)


class PersonField(InputSerializer):
    """Who asks; all optional, since anonymous reports are lawful."""

    name = CleanCharField(max_length=30, required=False, allow_blank=True)
    phone = serializers.RegexField(
        r"^[0-9+ -]{5,20}$",
        required=False,
        allow_blank=True,
        error_messages={"invalid": "电话号码格式不正确"},
    )
    id_number = serializers.RegexField(
        r"^([0-9]{15}|[0-9]{17}[0-9Xx])$",
        required=False,
        allow_blank=True,
        error_messages={"invalid": "身份证号格式不正确"},
    )


class Adapter(InputSerializer):
    """One channel's JSON. Subclasses name its fields and say how they make a `Report`."""

    channel = ""

    def to_report(self, *, is_demo: bool = False) -> Report:
        """Turn the validated payload into a `Report`."""
        raise NotImplementedError

    def person(self, name: str) -> ReporterDetails:
        given = self.validated_data.get(name) or {}
        phone = plain_phone(given.get("phone", ""))
        return ReporterDetails(given.get("name", ""), phone, given.get("id_number", "").upper())

    def place(self) -> dict[str, Any]:
        point = self.validated_data.get("point")
        place = {"address": self.validated_data.get("address", "")}
        return place | dict(point) if point else place


class CommonFields(Adapter):
    """The fields that every channel knows under the same name."""

    occurred_at = InstantField(help_text="ISO 8601，须带时区")
    text = CleanCharField(max_length=TEXT_LIMIT, help_text="诉求内容")
    address = CleanCharField(max_length=200, required=False, allow_blank=True)
    point = PointField(required=False, allow_null=True)
    category = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="事项类别编码；不填则由系统建议"
    )
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.NORMAL)
    is_demo = serializers.BooleanField(default=False, help_text="演示数据，可一次性清除")

    def common(self) -> dict[str, Any]:
        known = self.validated_data
        return {
            "channel": self.channel,
            "occurred_at": known["occurred_at"],
            "text": known["text"],
            "category": known.get("category", ""),
            "urgency": known["urgency"],
            "is_demo": known["is_demo"],
            **self.place(),
        }


def number_field(help_text: str) -> CleanCharField:
    """Declare a channel's own number, which makes a repeat delivery known."""
    return CleanCharField(max_length=80, help_text=help_text)
