"""The time limits of each clock, and the box that tries them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from workorders.admin.fields import AMOUNT_LIMIT, check_limit
from workorders.admin.trial import TrialForm, answer
from workorders.models import TimeLimit


class TimeLimitForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount = cleaned.get("amount")
        if amount is not None and not 1 <= amount <= AMOUNT_LIMIT:
            message = _("时限须在 1 至 %(most)s 之间。") % {"most": AMOUNT_LIMIT}
            self.add_error("amount", message)
        check_limit(self)
        return cleaned


@admin.register(TimeLimit)
class TimeLimitAdmin(ModelAdmin):
    form = TimeLimitForm
    list_display = (
        "clock", "category", "urgency", "channel", "amount", "unit", "is_to_end_of_day",
    )  # fmt: skip
    list_filter = ("clock", "urgency")
    list_select_related = ("category", "channel")
    autocomplete_fields = ("category", "channel")
    ordering = ("clock", "id")
    actions_list = ["trial"]

    @action(description=_("试算"), permissions=["view"], url_path="trial", icon="calculate")
    def trial(self, request: HttpRequest) -> HttpResponse:
        """Show when a limit would be due, and why; nothing is written."""
        is_asked = "start" in request.GET
        now = timezone.now().replace(second=0, microsecond=0)
        form = TrialForm(request.GET if is_asked else None, initial={"start": now})
        context = {
            **self.admin_site.each_context(request),
            "title": _("试算"),
            "opts": self.opts,
            "form": form,
            "answer": answer(form) if is_asked and form.is_valid() else None,
            "is_asked": is_asked,
        }
        return TemplateResponse(request, "admin/workorders/timelimit/trial.html", context)
