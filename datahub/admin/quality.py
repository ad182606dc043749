"""Rules of quality and rungs of reminders in the admin; reminders are only shown."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from datahub.enums import RuleKind
from datahub.models import OverdueReminder, OverdueRung, QualityRule, Resource
from datahub.selectors import columns_of
from datahub.services import settle_reminders
from governance.lib.readonly import ReadOnlyAdmin


class QualityRuleForm(forms.ModelForm):
    class Meta:
        model = QualityRule
        fields = [
            "resource", "kind", "column", "other_resource", "other_column", "days", "weight",
            "is_active",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        """Hold the columns that a rule names against the schemas that have them."""
        given = super().clean() or {}
        resource, kind = given.get("resource"), given.get("kind")
        if resource is None:
            return given
        self._check("column", resource, given.get("column", ""))
        if kind in (RuleKind.ORDERED, RuleKind.REFERS):
            other = given.get("other_resource") if kind == RuleKind.REFERS else resource
            self._check("other_column", other, given.get("other_column", ""))
        return given

    def _check(self, field: str, resource: Resource | None, name: str) -> None:
        known = [column.name for column in columns_of(resource.schema)] if resource else []
        if name and name not in known:
            self.add_error(field, ValidationError(f"没有列 {name}；有 {'、'.join(known)}"))


@admin.register(QualityRule)
class QualityRuleAdmin(ModelAdmin):
    form = QualityRuleForm
    list_display = ("resource", "column", "kind", "other_resource", "weight", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("resource", "other_resource")
    search_fields = ("resource__code", "resource__name", "column")
    autocomplete_fields = ("resource", "other_resource")
    ordering = ("resource__code", "id")


@admin.register(OverdueRung)
class OverdueRungAdmin(ModelAdmin):
    list_display = ("share", "reach")
    ordering = ("share",)
    actions = None

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: OverdueRung, form: ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        settle_reminders()

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        settle_reminders()


@admin.register(OverdueReminder)
class OverdueReminderAdmin(ReadOnlyAdmin):
    list_display = ("at", "resource", "due_at", "share", "reach")
    list_filter = ("reach",)
    list_select_related = ("resource",)
    search_fields = ("resource__code", "resource__name")
    ordering = ("-id",)
