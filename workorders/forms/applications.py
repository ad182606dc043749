"""What an application carries, and the decision on it."""

from django.utils.translation import gettext_lazy as _

from workorders.forms.base import ActForm, moment_field, text_field


class UntilForm(ActForm):
    until = moment_field(_("至"))
    reason = text_field(_("申请理由"))


class ReturnForm(ActForm):
    reason = text_field(_("申请理由"))


class ApproveForm(ActForm):
    note = text_field(_("审批意见"), is_required=False)


class RefuseForm(ActForm):
    reason = text_field(_("不同意的理由"))


class ResumeForm(ActForm):
    note = text_field(_("说明"), is_required=False)
