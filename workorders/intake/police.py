"""110 non-police calls (非警务警情分流) handed over by the police."""

from governance.lib.fields import CleanCharField
from workorders.enums import Nature
from workorders.intake.base import CommonFields, PersonField, number_field
from workorders.report import Report


class PolicePayload(CommonFields):
    """A call to 110 that is no matter for the police."""

    channel = "police"
    incident_number = number_field("接处警编号")
    police_station = CleanCharField(max_length=60, required=False, allow_blank=True)
    caller = PersonField(required=False)

    def to_report(self, *, is_demo: bool = False) -> Report:
        known = self.validated_data
        return Report(
            **self.common() | {"is_demo": is_demo or known["is_demo"]},
            external_number=known["incident_number"],
            nature=Nature.HELP,
            reporter=self.person("caller"),
        )
