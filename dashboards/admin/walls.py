"""Walls, and who is on duty before them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from dashboards.models import DutyShift, Indicator, Wall
from grids.enums import AreaLevel
from grids.models import Area


class WallForm(forms.ModelForm):
    class Meta:
        model = Wall
        fields = ("slug", "title", "area", "tiles", "variant", "is_active")

    def clean_area(self) -> Area:
        """Refuse an area without indicator values of its own: its wall would be all no data."""
        area: Area = self.cleaned_data["area"]
        if area.level > AreaLevel.STREET:
            raise ValidationError(_("大屏须挂在区或街道上：社区、网格没有自己的指标值。"))
        return area

    def clean_tiles(self) -> list[str]:
        """Accept a list of indicator codes; name those that do not exist."""
        tiles: Any = self.cleaned_data["tiles"] or []
        if not isinstance(tiles, list) or not all(isinstance(code, str) for code in tiles):
            raise ValidationError("须为指标编码的列表。")
        known = set(Indicator.objects.filter(code__in=tiles).values_list("code", flat=True))
        if unknown := [code for code in tiles if code not in known]:
            raise ValidationError(f"没有这些指标：{'、'.join(unknown)}")
        return tiles


@admin.register(Wall)
class WallAdmin(ModelAdmin):
    form = WallForm
    list_display = ("slug", "title", "area", "variant", "is_active")
    list_select_related = ("area",)
    search_fields = ("slug", "title")
    autocomplete_fields = ("area",)
    ordering = ("slug",)


class DutyShiftForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("结束须晚于开始。"))
        person = cleaned.get("person")
        if person and not person.is_active:
            self.add_error("person", _("此人账号已停用。"))
        return cleaned


@admin.register(DutyShift)
class DutyShiftAdmin(ModelAdmin):
    form = DutyShiftForm
    list_display = ("area", "person", "is_leader", "starts_at", "ends_at")
    list_filter = ("is_leader", ("area", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("area", "person")
    search_fields = ("person__name", "person__username", "area__code", "area__name")
    autocomplete_fields = ("area", "person")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "-id")
