"""The public page: residents report without an account."""

from rest_framework import serializers

from workorders.enums import Nature
from workorders.intake.base import CommonFields, PersonField
from workorders.report import Report


class PublicPayload(CommonFields):
    """A resident's own report; the page's UUID makes a second click harmless."""

    channel = "public"
    record_uuid = serializers.UUIDField(help_text="页面生成的编号")
    resident = PersonField(required=False)

    def to_report(self, *, is_demo: bool = False) -> Report:
        known = self.validated_data
        return Report(
            **self.common() | {"is_demo": is_demo or known["is_demo"]},
            external_number=str(known["record_uuid"]),
            nature=Nature.HELP,
            reporter=self.person("resident"),
        )
