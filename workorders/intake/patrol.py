"""Patrol app (大联勤巡查): what grid workers and joint patrols find."""

from rest_framework import serializers

from workorders.enums import Nature
from workorders.intake.base import CleanCharField, CommonFields
from workorders.report import Report


class PatrolPayload(CommonFields):
    """A finding on patrol; the phone's UUID makes a repeat delivery known."""

    channel = "patrol"
    record_uuid = serializers.UUIDField(help_text="手机端记录编号")
    grid = CleanCharField(
        max_length=20, required=False, allow_blank=True, help_text="网格编码；无坐标时作为位置"
    )

    def to_report(self, *, is_demo: bool = False) -> Report:
        known = self.validated_data
        return Report(
            **self.common() | {"is_demo": is_demo or known["is_demo"]},
            external_number=str(known["record_uuid"]),
            grid=known.get("grid", ""),
            nature=Nature.PATROL,
        )
