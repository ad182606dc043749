"""Indicators, their thresholds and the walls in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from dashboards.enums import ReportStatus
from dashboards.models import Indicator, IndicatorValue, ReportedValue, Wall
from dashboards.services.reports import AlreadyDecidedError, decide_report
from dashboards.states.wire import to_wire
from dashboards.tasks import request_refresh
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


@admin.register(ReportedValue)
class ReportedValueAdmin(ReadOnlyAdmin):
    """What departments reported; the only change is a decision on what is in quarantine."""

    actions = ("accept_values", "reject_values")
    list_display = (
        "indicator", "area", "at", "shown_value", "status", "reason", "reporter", "received_at",
        "decided_by",
    )  # fmt: skip
    list_filter = ("status", "indicator__owner")
    list_select_related = ("indicator", "area", "reporter", "decided_by")
    search_fields = ("indicator__code", "indicator__name", "area__code", "area__name")
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description=_("数值"))
    def shown_value(self, row: ReportedValue) -> str:
        return f"{to_wire(row.value, unit=row.indicator.unit):g} {row.indicator.unit}"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("dashboards.change_reportedvalue")

    @admin.action(description=_("采用所选的待核值"), permissions=["decide"])
    def accept_values(self, request: HttpRequest, rows: QuerySet[ReportedValue]) -> None:
        self._decide(request, rows, ReportStatus.ACCEPTED)

    @admin.action(description=_("作废所选的待核值"), permissions=["decide"])
    def reject_values(self, request: HttpRequest, rows: QuerySet[ReportedValue]) -> None:
        self._decide(request, rows, ReportStatus.REJECTED)

    def _decide(
        self, request: HttpRequest, rows: QuerySet[ReportedValue], verdict: ReportStatus
    ) -> None:
        done = passed_over = 0
        for pk in rows.values_list("pk", flat=True):
            try:
                decide_report(pk=pk, verdict=verdict, decider=request.user, at=timezone.now())  # type: ignore[arg-type]
                done += 1
            except AlreadyDecidedError:
                passed_over += 1
        transaction.on_commit(request_refresh)
        self.message_user(
            request,
            _("已核定 %(done)d 条，%(passed_over)d 条不在待核之列。")
            % {"done": done, "passed_over": passed_over},
        )


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
