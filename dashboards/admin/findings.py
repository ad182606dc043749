"""Which cross-checks open work orders."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from dashboards.models import FindingRemedy


@admin.register(FindingRemedy)
class FindingRemedyAdmin(ModelAdmin):
    list_display = ("cross_check", "category", "owner", "cap", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("cross_check", "category", "owner")
    search_fields = ("cross_check__code", "cross_check__name")
    autocomplete_fields = ("cross_check", "category", "owner")
    ordering = ("cross_check__code",)
