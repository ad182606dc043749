"""What the nightly looks found, and the seals of history."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from governance.lib.readonly import ReadOnlyAdmin
from workorders.models import HistorySeal, Inspection


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ("day", "kind", "checked", "faults", "started_at", "finished_at")
    fields = (*list_display, "details")
    list_filter = ("kind",)
    ordering = ("-day", "kind")


@admin.register(HistorySeal)
class HistorySealAdmin(ReadOnlyAdmin):
    list_display = ("day", "orders", "events", "hex_digest", "sealed_at")
    fields = list_display
    ordering = ("-day",)

    @admin.display(description=_("摘要"))
    def hex_digest(self, seal: Any) -> str:
        return bytes(seal.digest).hex()
