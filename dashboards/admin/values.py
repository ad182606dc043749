"""Values of indicators and what became of them: only looked at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dashboards.models import Episode, IndicatorValue, StateChange
from governance.lib.readonly import ReadOnlyAdmin


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ReadOnlyAdmin):
    list_display = ("indicator", "area", "value", "state", "since", "observed_at", "computed_at")
    list_filter = ("state", "indicator__domain", "indicator__theme", "indicator__source")
    list_select_related = ("indicator", "area")
    search_fields = ("indicator__code", "indicator__name", "area__code", "area__name")
    ordering = ("area__code", "indicator__position")


class HistoryAdmin(ReadOnlyAdmin):
    """What only grows: the newest first, and never counted in full."""

    list_select_related = ("indicator", "area")
    search_fields = ("indicator__code", "indicator__name", "area__code", "area__name")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(StateChange)
class StateChangeAdmin(HistoryAdmin):
    list_display = (
        "indicator", "area", "at", "from_state", "to_state", "previous_value", "value", "since",
        "reason",
    )  # fmt: skip
    list_filter = ("to_state", "from_state", "indicator__domain", "indicator__theme")


@admin.register(Episode)
class EpisodeAdmin(HistoryAdmin):
    """Stretches of yellow or red, with the work order and who acknowledged them."""

    list_display = (
        "indicator", "area", "began_at", "red_at", "ended_at", "worst_value", "order_number",
        "acknowledged_at", "acknowledged_label",
    )  # fmt: skip
    list_filter = (
        ("ended_at", admin.EmptyFieldListFilter),
        ("red_at", admin.EmptyFieldListFilter),
        ("acknowledged_at", admin.EmptyFieldListFilter),
        "indicator__domain",
        "indicator__theme",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Episode]:
        # The number alone: an order is wide.
        rows: QuerySet[Episode] = super().get_queryset(request)
        return rows.select_related("indicator", "area", "order").only(
            "began_at", "red_at", "ended_at", "worst_value", "acknowledged_at",
            "acknowledged_label", "indicator__name", "area__name", "order__number",
        )  # fmt: skip

    @admin.display(description=_("工单"))
    def order_number(self, row: Episode) -> str:
        return row.order.number if row.order else "-"
