"""Reference data of work orders in the admin, and orders to look at.

The state of an order is not editable here: every act goes through the one gate. Texts are masked
and the person who asked is not shown; `reveal` in the console is the only way to a name.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import User
from governance.lib.masking import mask_text
from governance.lib.readonly import ReadOnlyAdmin
from governance.lib.trees import TreeForm
from grids.services import current_scope
from workorders.intake import ADAPTERS
from workorders.models import (
    CalendarDay,
    Category,
    Channel,
    Clock,
    Event,
    TimeLimit,
    WorkCalendar,
    WorkOrder,
)
from workorders.querysets import visible
from workorders.services import change_calendar, issue_token


class ChannelForm(forms.ModelForm):
    adapter = forms.ChoiceField(
        label=_("适配器"),
        choices=[(code, code) for code in ADAPTERS],
        widget=UnfoldAdminSelectWidget(),
    )

    class Meta:
        model = Channel
        fields = ["code", "name", "adapter", "default_nature", "is_active"]


@admin.register(Channel)
class ChannelAdmin(ModelAdmin):
    """Channels; a token is shown once, on the page that issues it."""

    form = ChannelForm
    list_display = ("code", "name", "adapter", "default_nature", "is_active", "has_token")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    ordering = ("code",)
    actions = ["issue_new_token"]

    @admin.display(description=_("已有令牌"), boolean=True)
    def has_token(self, channel: Channel) -> bool:
        return bool(channel.token_digest)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("签发新令牌"), permissions=["change"])
    def issue_new_token(
        self, request: HttpRequest, queryset: QuerySet[Channel]
    ) -> HttpResponse | None:
        """Issue a token for one channel; the former one stops working at once."""
        if queryset.count() != 1:
            self.message_user(request, _("请只选择一个渠道。"), messages.ERROR)
            return None
        channel = queryset.get()
        token = issue_token(channel=channel)
        self.log_change(request, channel, "签发新令牌")
        context = {
            **self.admin_site.each_context(request),
            "title": _("新令牌"),
            "channel": channel,
            "token": token,
        }
        response = TemplateResponse(request, "admin/channel_token.html", context)
        add_never_cache_headers(response)
        return response


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    form = TreeForm
    list_display = ("code", "name", "parent", "domain", "department", "is_grid_matter", "is_active")
    list_filter = ("domain", "is_grid_matter", "is_active")
    list_select_related = ("parent", "department")
    search_fields = ("code", "name")
    autocomplete_fields = ("parent", "department")
    ordering = ("code",)


@admin.register(TimeLimit)
class TimeLimitAdmin(ModelAdmin):
    list_display = (
        "clock", "category", "urgency", "channel", "amount", "unit", "is_to_end_of_day",
    )  # fmt: skip
    list_filter = ("clock", "urgency")
    list_select_related = ("category", "channel")
    autocomplete_fields = ("category", "channel")
    ordering = ("clock", "id")


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

    list_select_related = ("order",)
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
