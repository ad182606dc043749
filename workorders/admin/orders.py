"""Orders to look at.

The state of an order is not editable here: every act goes through the one gate. Texts are masked
and the person who asked is not shown; `reveal` in the console is the only way to a name.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from governance.lib.masking import mask_text
from governance.lib.readonly import ReadOnlyAdmin
from grids.services import current_scope
from workorders.models import Clock, Event, WorkOrder
from workorders.querysets import visible


def scope_of(request: HttpRequest) -> Any:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # the admin site lets nobody else in
    return current_scope(user=user)


@admin.register(WorkOrder)
class WorkOrderAdmin(ReadOnlyAdmin):
    """Orders within the reader's own scope; the view permission alone opens none of them."""

    list_display = (
        "number", "state", "masked_title", "channel", "category", "street", "department", "due_at",
        "is_overdue",
    )  # fmt: skip
    fields = (
        "number", "state", "version", "masked_title", "masked_text", "channel", "external_number",
        "nature", "urgency", "category", "place_source", "street", "community", "grid",
        "department", "holder_area", "level", "occurred_at", "registered_at", "accepted_at",
        "resolved_at", "closed_at", "due_at", "is_overdue", "masked_result", "masked_answer",
        "is_solved", "satisfaction", "is_confidential", "is_demo",
    )  # fmt: skip
    list_filter = ("state", "is_overdue", "channel")
    list_select_related = ("channel", "category", "street", "department")
    search_fields = ("number", "external_number")
    ordering = ("-registered_at", "-id")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkOrder]:
        return WorkOrder.objects.visible_to(scope_of(request))

    @admin.display(description=_("标题"))
    def masked_title(self, order: WorkOrder) -> str:
        return mask_text(order.title)

    @admin.display(description=_("内容"))
    def masked_text(self, order: WorkOrder) -> str:
        return mask_text(order.text)

    @admin.display(description=_("办理结果"))
    def masked_result(self, order: WorkOrder) -> str:
        return mask_text(order.result)

    @admin.display(description=_("答复"))
    def masked_answer(self, order: WorkOrder) -> str:
        return mask_text(order.answer)


class PartOfOrderAdmin(ReadOnlyAdmin):
    """Rows of an order, within the reader's own scope."""

    list_select_related: tuple[str, ...] = ("order",)
    search_fields = ("order__number",)
    ordering = ("-id",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(visible(scope_of(request), "order__"))


@admin.register(Event)
class EventAdmin(PartOfOrderAdmin):
    list_display = ("order", "sequence", "action", "from_state", "to_state", "actor_label", "at")
    fields = (*list_display, "masked_note", "is_public")
    list_filter = ("action",)

    @admin.display(description=_("说明"))
    def masked_note(self, event: Event) -> str:
        return mask_text(event.note)


@admin.register(Clock)
class ClockAdmin(PartOfOrderAdmin):
    list_display = ("order", "kind", "limit_label", "started_at", "due_at", "met_at", "breached_at")
    fields = list_display
    list_filter = ("kind",)
