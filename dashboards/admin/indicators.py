"""Indicators in the admin, with the same checks as a file that is loaded."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from dashboards.enums import IndicatorState
from dashboards.indicators import Names, definition_of, new_faults, standing_definitions
from dashboards.models import Indicator, IndicatorValue
from dashboards.tasks import request_refresh
from grids.enums import AreaLevel
from grids.models import Area

FIELDS = {"category": "order_category"}  # what the form calls otherwise than a file
SHARES = _("单位为 % 时按小数填写：0.9 即 90%")


class TableField(forms.JSONField):
    """Thresholds as JSON, a row a line."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return super().prepare_value(value)
        rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value)
        return f"[\n{rows}\n]" if rows else "[]"


class IndicatorForm(forms.ModelForm):
    class Meta:
        field_classes = {"thresholds": TableField}
        help_texts = {
            "formula": _('如 rate(solved, called_back, channel="hotline")，报送的写 reported()'),
            "thresholds": _(
                '自上而下取第一条相符的，如 {"months": "11-3", "hours": "22-6", "yellow": 120, '
                '"red": 180}；只对全区或街道的加 "level": "district"、"street"，先于不分层级的；'
                "最后一条不限层级、月份与时段；区间写作 [下限, 上限]。单位为 % 时 0.9 即 90%"
            ),
            "hysteresis": _("恢复时须越过阈值多少，与数值同单位；单位为 % 时 0.01 即 1%"),
            "plausible_low": SHARES,
            "plausible_high": SHARES,
        }

    def clean_thresholds(self) -> list[Any]:
        return self.cleaned_data["thresholds"] or []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self._find_faults(cleaned)
        return cleaned

    def _find_faults(self, cleaned: dict[str, Any]) -> None:
        """Find what a file would be refused for, and put each fault at its field."""
        former = self.instance.code
        row = definition_of(Indicator(**cleaned))
        faults = new_faults([row], standing=standing_definitions(), replaced={former})
        for fault in faults:
            field = FIELDS.get(fault.field, fault.field)
            if fault.code == row.code and field in self.fields:
                self.add_error(field, fault.message)
            else:
                self.add_error(None, str(fault))


class StateFilter(admin.SimpleListFilter):
    title = _("全区状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return IndicatorState.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Indicator]) -> QuerySet[Indicator]:
        chosen = self.value()
        return queryset.filter(**{self.parameter_name: chosen}) if chosen else queryset


@admin.register(Indicator)
class IndicatorAdmin(ModelAdmin):
    """What is saved holds at the next look, within a second or two; none is deleted: 停用."""

    form = IndicatorForm
    list_display = (
        "position", "code", "name", "domain", "theme", "source", "owner", "shown_state",
        "is_active",
    )  # fmt: skip
    list_display_links = ("code", "name")
    list_filter = (
        "domain",
        "theme",
        "source",
        ("owner", admin.RelatedOnlyFieldListFilter),
        StateFilter,
        "order_at",
        "is_active",
    )
    list_select_related = ("owner",)
    search_fields = ("code", "name", "definition")
    autocomplete_fields = ("owner", "order_category")
    ordering = ("position", "code")
    fieldsets = (
        (_("是什么"), {"fields": (
            "code", "name", "definition", "domain", "theme", "owner", "position", "is_active",
        )}),
        (_("怎么算"), {"fields": (
            "source", "formula", "window", "unit", "precision", "reach", "interval_seconds",
            "plausible_low", "plausible_high",
        )}),
        (_("怎么判"), {"fields": ("direction", "thresholds", "hysteresis", "minimum_seconds")}),
        (_("指数与派单"), {"fields": ("weight", "order_at", "order_category")}),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Indicator]:
        district = Area.objects.filter(level=AreaLevel.DISTRICT, is_active=True)
        values = IndicatorValue.objects.filter(indicator=OuterRef("pk"), area__in=district)
        rows: QuerySet[Indicator] = super().get_queryset(request)
        return rows.annotate(state=Subquery(values.values("state")[:1]))

    @admin.display(description=_("全区状态"), ordering="state")
    def shown_state(self, row: Any) -> str:
        return str(IndicatorState(row.state).label) if row.state else "-"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Indicator, form: ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        for warning in Names().settle(definition_of(obj))[1]:
            self.message_user(request, warning, messages.WARNING)
        transaction.on_commit(request_refresh)
