"""The time limits of each clock."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from workorders.models import TimeLimit


@admin.register(TimeLimit)
class TimeLimitAdmin(ModelAdmin):
    list_display = (
        "clock", "category", "urgency", "channel", "amount", "unit", "is_to_end_of_day",
    )  # fmt: skip
    list_filter = ("clock", "urgency")
    list_select_related = ("category", "channel")
    autocomplete_fields = ("category", "channel")
    ordering = ("clock", "id")
