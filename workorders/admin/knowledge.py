"""The knowledge base: written and kept here, with what its readers say of it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from workorders.models import KnowledgeEntry, OutdatedMark
from workorders.services.knowledge import settle_marks


class OutdatedMarkInline(TabularInline):
    model = OutdatedMark
    fields = readonly_fields = ("user", "note", "at", "settled_at")
    ordering = ("-at",)
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class IsDoubted(admin.SimpleListFilter):
    """Those of which readers say that they no longer hold."""

    title = _("过时反馈")
    parameter_name = "doubted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("有待核对"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(doubts__gt=0) if self.value() == "yes" else queryset


class IsExpired(admin.SimpleListFilter):
    """Those whose time is over; they answer nobody until somebody looks at them."""

    title = _("有效期")
    parameter_name = "expired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("已过期"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[KnowledgeEntry]
    ) -> QuerySet[KnowledgeEntry]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(valid_until__lt=timezone.localdate())


@admin.register(KnowledgeEntry)
class KnowledgeEntryAdmin(ModelAdmin):
    """Questions and answers; one that is no longer used is withdrawn, for events name it."""

    list_display = (
        "question", "department", "category", "state", "valid_until", "open_marks", "updated_at",
    )  # fmt: skip
    list_filter = ("state", IsDoubted, IsExpired, "department")
    list_select_related = ("department", "category")
    search_fields = ("question", "answer")
    autocomplete_fields = ("department", "category")
    fields = ("question", "answer", "department", "category", "valid_until", "state")
    ordering = ("question",)
    inlines = [OutdatedMarkInline]
    actions = ["settle"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[KnowledgeEntry]:
        doubts = Count("marks", filter=Q(marks__settled_at__isnull=True))
        return super().get_queryset(request).defer("grams").annotate(doubts=doubts)

    @admin.display(description=_("过时反馈"), ordering="doubts")
    def open_marks(self, entry: Any) -> str:
        return str(entry.doubts or "")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("已核对，清除过时反馈"), permissions=["change"])
    def settle(self, request: HttpRequest, queryset: QuerySet[KnowledgeEntry]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = settle_marks(entries=ids, at=timezone.now())
        self.message_user(request, f"已核对 {count} 条反馈。", messages.SUCCESS)
