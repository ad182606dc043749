"""What acts on families of orders must carry: merge and unmerge, split and assist."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from governance.lib.fields import CleanCharField
from workorders.forms.base import (
    ActForm,
    CodeField,
    active_department,
    active_grid,
    moment_field,
    text_field,
)

MOST_PARTS = 10


class MergeForm(ActForm):
    into = CleanCharField(
        label=_("并入的工单号"), max_length=20, help_text="继续办理的那张工单",
        error_messages={"required": _("请填写"), "blank": _("请填写")},
    )  # fmt: skip
    reason = text_field(_("说明"), is_required=False)


class UnmergeForm(ActForm):
    reason = text_field(_("理由"))


def department_field(**kwargs: Any) -> CodeField:
    return CodeField(label=_("承办部门"), find=active_department, **kwargs)


class PartForm(serializers.Serializer[Any]):
    """One part of an order that is split: a department or a grid, and what it is to do."""

    department = department_field(required=False)
    grid = CodeField(label=_("承办网格"), find=active_grid, required=False)
    text = text_field(_("办理内容"))
    due_at = moment_field(_("办理时限"), is_required=False)


class SplitForm(ActForm):
    parts = serializers.ListField(
        label=_("拆分为"), child=PartForm(), min_length=1, max_length=MOST_PARTS
    )
    note = text_field(_("拆分说明"), is_required=False)


class AssistForm(ActForm):
    departments = serializers.ListField(
        label=_("协办部门"), child=department_field(), min_length=1, max_length=MOST_PARTS
    )
    text = text_field(_("协办内容"))
