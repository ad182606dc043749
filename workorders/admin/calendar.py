"""The working hours, and the days that differ from their weekday."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from workorders.models import CalendarDay, WorkCalendar
from workorders.services import change_calendar


@admin.register(WorkCalendar)
class WorkCalendarAdmin(ModelAdmin):
    """The working hours; there is one calendar, so none is added or deleted."""

    list_display = ("name", "morning_from", "morning_to", "afternoon_from", "afternoon_to")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CalendarDay)
class CalendarDayAdmin(ModelAdmin):
    list_display = ("day", "is_working", "name")
    list_filter = ("is_working",)
    date_hierarchy = "day"
    ordering = ("-day",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("day",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        change_calendar(days=[(obj.day, obj.is_working, obj.name)])
        obj.pk = CalendarDay.objects.get(day=obj.day).pk
