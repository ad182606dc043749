"""The working hours, and the days that differ from their weekday."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action

from workorders.models import CalendarDay, WorkCalendar
from workorders.selectors import official_year
from workorders.services import change_calendar
from workorders.services.calendar import UnpublishedYearError, enter_official_year


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
    """The holidays and make-up days, entered by hand or from the official lists."""

    list_display = ("day", "is_working", "name")
    list_filter = ("is_working",)
    date_hierarchy = "day"
    ordering = ("-day",)
    actions_list = ["official"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("day",) if obj else ()

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        change_calendar(days=[(obj.day, obj.is_working, obj.name)])
        obj.pk = CalendarDay.objects.get(day=obj.day).pk

    @action(
        description=_("载入官方安排"), permissions=["change"], url_path="official", icon="download"
    )
    def official(self, request: HttpRequest) -> HttpResponse:
        """Compare the official lists around this year with the table, and enter one."""
        this_year = timezone.localdate().year
        years = [official_year(year=year) for year in range(this_year + 1, this_year - 2, -1)]
        if request.method == "POST":
            offered = {year.label: year.year for year in years}
            return self._enter(request, offered.get(request.POST.get("year", "")))
        context = {
            **self.admin_site.each_context(request),
            "title": _("载入官方安排"),
            "opts": self.opts,
            "years": years,
        }
        return TemplateResponse(request, "admin/workorders/calendarday/official.html", context)

    def _enter(self, request: HttpRequest, year: int | None) -> HttpResponse:
        try:
            count = enter_official_year(year=year or 0)
        except UnpublishedYearError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return redirect("admin:workorders_calendarday_official")
        done = _("已载入 %(year)s 年：写入 %(count)s 天。") % {"year": year, "count": count}
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:workorders_calendarday_changelist")
