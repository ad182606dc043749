"""What departments reported, and the decision on what looks wrong."""

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dashboards.enums import ReportStatus
from dashboards.models import ReportedValue
from dashboards.services.reports import AlreadyDecidedError, decide_report
from dashboards.states.wire import to_wire
from dashboards.tasks import request_refresh
from governance.lib.readonly import ReadOnlyAdmin


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
