"""What the forms of acts are made of: named rows of the reference data, texts, the version."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Department
from governance.lib.fields import (
    CleanCharField,
    InputSerializer,
    InstantField,
    LocalInstantField,
)
from grids.enums import AreaLevel
from grids.models import Area
from workorders.report import DeviceTime
from workorders.selectors import reference
from workorders.services.photos import PHOTO_COUNT_LIMIT

TEXT_LIMIT = 4000


@extend_schema_field(OpenApiTypes.STR)
class CodeField(serializers.Field[Any, Any, Any, Any]):
    """A row of the reference data in memory, named by its code; rubbish never reaches SQL."""

    default_error_messages = {
        "does_not_exist": _("没有这个编码：{value}"),
        "invalid": _("编码无效"),
    }

    def __init__(self, *, find: Callable[[str], Any], **kwargs: Any) -> None:
        self.find = find
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\x00" in data or len(data) > 40:
            self.fail("invalid")
        found = self.find(data)
        if found is None:
            self.fail("does_not_exist", value=data)
        return found


def category_field(*, is_required: bool = False) -> CodeField:
    return CodeField(
        label=_("类别"),
        find=lambda code: active(reference().categories_by_code.get(code)),
        required=is_required,
    )


def moment_field(label: Any, *, is_required: bool = True) -> LocalInstantField:
    words = _("请填写日期和时间")
    return LocalInstantField(
        label=label,
        required=is_required,
        help_text="不带时区时为北京时间",
        error_messages=dict.fromkeys(("required", "null", "invalid", "date", "overflow"), words),
    )


def active(row: Any) -> Any:
    return row if row is not None and row.is_active else None


def active_area(code: str) -> Area | None:
    return active(reference().areas_by_code.get(code))


def active_department(code: str) -> Department | None:
    return active(reference().departments_by_code.get(code))


def active_grid(code: str) -> Area | None:
    area = active_area(code)
    return area if area is not None and area.level == AreaLevel.GRID else None


def text_field(label: Any, *, is_required: bool = True) -> CleanCharField:
    return CleanCharField(
        label=label,
        max_length=TEXT_LIMIT,
        required=is_required,
        allow_blank=not is_required,
        error_messages={"required": _("请填写"), "blank": _("请填写")},
    )


class DeviceTimeFields(InputSerializer):
    """When a phone had something done and when it sent it, by its own clock."""

    device_at = InstantField(required=False, help_text="手机上操作的时间（手机时钟，须带时区）")
    sent_at = InstantField(required=False, help_text="手机发送的时间（手机时钟），用来算出时钟偏差")

    def device_time(self) -> DeviceTime | None:
        known = self.validated_data
        at = known.get("device_at")
        return DeviceTime(at, known.get("sent_at")) if at is not None else None


BESIDE = frozenset({"version", "device_at", "sent_at", "photos"})


class ActForm(DeviceTimeFields):
    """What every act may carry: the version the actor saw, and a phone's own times."""

    version = serializers.IntegerField(
        required=False, min_value=1, help_text="操作者所见的版本；与当前不符则返回 409"
    )

    def carried(self) -> dict[str, Any]:
        """Give the typed values of the act without what stands beside it."""
        return {name: value for name, value in self.validated_data.items() if name not in BESIDE}

    @property
    def seen_version(self) -> int | None:
        return self.validated_data.get("version")

    @property
    def photos(self) -> list[UUID]:
        return self.validated_data.get("photos", [])


class PhotoActForm(ActForm):
    """An act that photos prove; they were uploaded before (`/api/v1/uploads/`)."""

    photos = serializers.ListField(  # type: ignore[assignment]
        child=serializers.UUIDField(),
        required=False,
        max_length=PHOTO_COUNT_LIMIT,
        help_text="已上传完的照片的 uuid",
    )
