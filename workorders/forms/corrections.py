"""What is carried by a look before acceptance, a change of category, and an exclusion."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from workorders.forms.base import ActForm, PhotoActForm, category_field, text_field


class RequestVerificationForm(ActForm):
    note = text_field(_("请核实什么"), is_required=False)


class ReportVerificationForm(PhotoActForm):
    finding = text_field(_("核实情况"))


class ReclassifyForm(ActForm):
    category = category_field(is_required=True)
    note = text_field(_("说明"), is_required=False)


class ExcludeForm(ActForm):
    reason = text_field(_("理由"))
    is_excluded = serializers.BooleanField(
        label=_("剔除考核"), default=True, help_text="false 表示恢复考核"
    )
