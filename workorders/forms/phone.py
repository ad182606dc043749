"""What a phone's outbox delivers: a finding with its announced photos, hours or days old."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from governance.lib.fields import CleanCharField, InstantField
from workorders.enums import PhotoStage
from workorders.forms.base import TEXT_LIMIT
from workorders.forms.pages import named_after
from workorders.intake.patrol import PatrolPayload
from workorders.report import DeviceTime, Report
from workorders.services.photos import PHOTO_COUNT_LIMIT
from workorders.services.uploads import AnnouncedPhoto

LARGEST = 2**31 - 1


class AnnouncedPhotoSerializer(serializers.Serializer[Any]):
    """A photo that is going to come: `uuid` is the phone's own and recognises a repeat."""

    uuid = serializers.UUIDField()
    stage = serializers.ChoiceField(choices=PhotoStage.choices)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="字节")
    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", error_messages={"invalid": _("须为 64 位小写十六进制")}
    )


class PhoneReportForm(PatrolPayload):
    """What a grid worker found, by the phone's own clock, with the photos that follow it.

    With `is_self_handled` the photos (`before` and `after`) must be uploaded already: the order is
    registered and closed in one go.
    """

    occurred_at = InstantField(help_text="发现的时间（手机时钟，须带时区）")
    sent_at = InstantField(required=False, help_text="手机发送的时间（手机时钟），用来算出时钟偏差")
    text = CleanCharField(max_length=TEXT_LIMIT, required=False, allow_blank=True)
    photos = AnnouncedPhotoSerializer(many=True, required=False)
    is_self_handled = serializers.BooleanField(default=False)
    result = CleanCharField(
        max_length=TEXT_LIMIT, required=False, allow_blank=True, help_text="怎么处置的"
    )
    is_demo = None  # type: ignore[assignment]  # a person's own report is never made up

    def validate_photos(self, photos: list[dict[str, Any]]) -> list[AnnouncedPhoto]:
        if len(photos) > PHOTO_COUNT_LIMIT:
            raise serializers.ValidationError(f"每张工单最多 {PHOTO_COUNT_LIMIT} 张照片")
        if len({photo["uuid"] for photo in photos}) < len(photos):
            raise serializers.ValidationError(_("照片编号重复"))
        return [AnnouncedPhoto(**photo) for photo in photos]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["text"] = attrs.get("text", "").strip() or named_after(attrs.get("category", ""))
        if attrs["is_self_handled"] and not attrs.get("result", "").strip():
            raise serializers.ValidationError({"result": [_("请填写")]})
        return {**attrs, "is_demo": False}

    @property
    def photos_announced(self) -> list[AnnouncedPhoto]:
        return self.validated_data.get("photos", [])

    def report(self, *, now: datetime) -> Report:
        """Give the finding with its time set right by the server's clock; both are kept."""
        known = self.validated_data
        device = DeviceTime(known["occurred_at"], known.get("sent_at"))
        return replace(
            self.to_report(),
            occurred_at=device.corrected(now=now),
            device=device.facts(now=now),
        )
