"""The rungs of escalation; letters, notices and applications to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from governance.lib.masking import mask_text
from workorders.admin.fields import AMOUNT_LIMIT
from workorders.admin.orders import PartOfOrderAdmin
from workorders.enums import Deed
from workorders.models import Application, Notice, Rung, SupervisionLetter

WHOLE = 100


class RungForm(forms.ModelForm):
    """A rung stands at a share of the limit or some time after it, never at both."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_time(cleaned)
        self._check_after(cleaned)
        if cleaned.get("deed") == Deed.REMIND and not cleaned.get("reach"):
            self.add_error("reach", _("提醒须选择触达对象。"))
        return cleaned

    def _check_time(self, cleaned: dict[str, Any]) -> None:
        share, after = cleaned.get("share"), cleaned.get("after_amount")
        if {"share", "after_amount"} & self.errors.keys():
            return
        if share is None and after is None:
            self.add_error("share", _("请填写时限占比，或填写到期后多久。"))
        elif share is not None and after is not None:
            self.add_error("after_amount", _("时限占比与到期后只能填写一项。"))
        elif share is not None and not 1 <= share <= WHOLE:
            self.add_error("share", _("时限占比须在 1 至 100 之间。"))

    def _check_after(self, cleaned: dict[str, Any]) -> None:
        after, unit = cleaned.get("after_amount"), cleaned.get("after_unit")
        if "after_amount" in self.errors:
            return
        if after is not None and not 1 <= after <= AMOUNT_LIMIT:
            message = _("到期后须在 1 至 %(most)s 之间。") % {"most": AMOUNT_LIMIT}
            self.add_error("after_amount", message)
        if after is not None and not unit:
            self.add_error("after_unit", _("请选择单位。"))
        if after is None and unit:
            self.add_error("after_unit", _("填写到期后多久才选择单位。"))


@admin.register(Rung)
class RungAdmin(ModelAdmin):
    """The ladders; a rung that has fired somewhere cannot be deleted, only taken out of use."""

    form = RungForm
    list_display = (
        "clock", "category", "share", "after_amount", "after_unit", "deed", "reach", "is_urgent",
        "is_active",
    )  # fmt: skip
    list_display_links = ("clock", "category")
    list_filter = ("clock", "deed", "reach", "is_urgent", "is_active")
    list_select_related = ("category",)
    search_fields = ("category__name", "category__code")
    autocomplete_fields = ("category",)
    ordering = ("clock", "category", "after_unit", "share", "after_amount", "id")


@admin.register(SupervisionLetter)
class SupervisionLetterAdmin(PartOfOrderAdmin):
    list_display = (
        "order", "level", "department", "issued_at", "issued_by", "due_at", "answered_at",
    )  # fmt: skip
    fields = (*list_display, "masked_text", "answered_by", "masked_answer")
    list_filter = ("level",)
    list_select_related = ("order", "department")

    @admin.display(description=_("督办要求"))
    def masked_text(self, letter: SupervisionLetter) -> str:
        return mask_text(letter.text)

    @admin.display(description=_("回复"))
    def masked_answer(self, letter: SupervisionLetter) -> str:
        return mask_text(letter.answer)


@admin.register(Notice)
class NoticeAdmin(PartOfOrderAdmin):
    list_display = ("order", "reach", "deed", "area", "department", "at")
    fields = list_display
    list_filter = ("reach", "deed")
    list_select_related = ("order", "area", "department")


@admin.register(Application)
class ApplicationAdmin(PartOfOrderAdmin):
    list_display = ("order", "kind", "state", "asked_at", "asked_by", "until", "decided_at")
    fields = (*list_display, "department", "decided_by", "masked_reason")
    list_filter = ("kind", "state")

    @admin.display(description=_("理由"))
    def masked_reason(self, application: Application) -> str:
        return mask_text(application.reason)
