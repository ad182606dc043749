"""What supervision, its answer and an instruction must carry."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from workorders.forms.base import ActForm, text_field

LEVELS = [(1, _("一级")), (2, _("二级")), (3, _("三级"))]


class SuperviseForm(ActForm):
    level = serializers.ChoiceField(
        label=_("督办级别"), choices=LEVELS, help_text="只升不降；1 为最低"
    )
    text = text_field(_("督办要求"))
    is_letter = serializers.BooleanField(
        label=_("发督办函"), default=True, help_text="督办函须由承办单位限时回复"
    )


class AnswerSupervisionForm(ActForm):
    answer = text_field(_("回复内容"))


class InstructForm(ActForm):
    text = text_field(_("批示内容"))
