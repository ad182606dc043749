"""Petitions (信访) from letters, visits and the petition system."""

from rest_framework import serializers

from governance.lib.fields import CleanCharField
from workorders.enums import Nature
from workorders.intake.base import CommonFields, PersonField, number_field
from workorders.report import Report


class PetitionPayload(CommonFields):
    """One petition; several people may have signed it, one of them is the contact."""

    channel = "petition"
    petition_number = number_field("信访件编号")
    title = CleanCharField(max_length=120, required=False, allow_blank=True)
    petitioner = PersonField(required=False)
    people_count = serializers.IntegerField(min_value=1, max_value=100_000, default=1)

    def to_report(self, *, is_demo: bool = False) -> Report:
        known = self.validated_data
        return Report(
            **self.common() | {"is_demo": is_demo or known["is_demo"]},
            external_number=known["petition_number"],
            title=known.get("title", ""),
            nature=Nature.PETITION,
            reporter=self.person("petitioner"),
            is_confidential=True,
        )
