"""What a saved filter must carry."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from governance.lib.fields import CleanCharField
from workorders.forms.base import CodeField, active_department


class SavedFilterForm(serializers.Serializer[Any]):
    """A name, and with whom it is shared; the filters come from the queue's own address."""

    name = CleanCharField(
        label=_("名称"),
        max_length=20,
        error_messages={"required": _("请填写名称"), "blank": _("请填写名称")},
    )
    department = CodeField(
        label=_("共享给"), find=active_department, required=False, allow_null=True
    )
