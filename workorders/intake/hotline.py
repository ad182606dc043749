"""12345 government hotline (政务服务热线)."""

from rest_framework import serializers

from governance.lib.fields import CleanCharField
from workorders.enums import Nature
from workorders.intake.base import CommonFields, PersonField, number_field
from workorders.report import Report


class HotlinePayload(CommonFields):
    """A call taken by the hotline's clerk."""

    channel = "hotline"
    ticket_number = number_field("12345 工单编号")
    title = CleanCharField(max_length=120, required=False, allow_blank=True)
    nature = serializers.ChoiceField(choices=Nature.choices, default=Nature.HELP)
    caller = PersonField(required=False)
    is_confidential = serializers.BooleanField(default=False)

    def to_report(self, *, is_demo: bool = False) -> Report:
        known = self.validated_data
        return Report(
            **self.common() | {"is_demo": is_demo or known["is_demo"]},
            external_number=known["ticket_number"],
            title=known.get("title", ""),
            nature=known["nature"],
            reporter=self.person("caller"),
            is_confidential=known["is_confidential"],
        )
