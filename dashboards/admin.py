"""Indicators, their thresholds and the walls in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from unfold.admin import ModelAdmin

from dashboards.models import Indicator, IndicatorValue, Wall
from governance.lib.readonly import ReadOnlyAdmin


@admin.register(Indicator)
class IndicatorAdmin(ModelAdmin):
    """Thresholds take effect at the next refresh of the figures, within a minute."""

    list_display = ("position", "code", "name", "domain", "theme", "source", "owner", "is_active")
    list_display_links = ("code",)
    list_filter = ("domain", "theme", "source", "is_active")
    list_select_related = ("owner",)
    search_fields = ("code", "name")
    ordering = ("position", "code")


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ReadOnlyAdmin):
    list_display = ("indicator", "area", "value", "state", "since", "computed_at")
    list_filter = ("state",)
    list_select_related = ("indicator", "area")
    search_fields = ("indicator__name", "area__code", "area__name")
    ordering = ("area__code", "indicator__position")


class WallForm(forms.ModelForm):
    class Meta:
        model = Wall
        fields = ("slug", "title", "area", "tiles", "is_active")

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
    list_display = ("slug", "title", "area", "is_active")
    list_select_related = ("area",)
    search_fields = ("slug", "title")
    autocomplete_fields = ("area",)
    ordering = ("slug",)
