"""Hosts that may be asked, in the admin; sources and attempts are only shown, without secrets."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from datahub.models import AllowedHost, Fetch, Source
from governance.lib.readonly import ReadOnlyAdmin


@admin.register(AllowedHost)
class AllowedHostAdmin(ModelAdmin):
    list_display = ("host", "port", "department", "note")
    list_filter = (("department", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("department",)
    search_fields = ("host", "note")
    autocomplete_fields = ("department",)
    ordering = ("host", "port")


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    list_display = ("resource", "kind", "address", "cadence", "is_active", "next_at", "attempts")
    fields = (
        "resource", "kind", "address", "query", "format", "auth", "header", "mode", "crs",
        "cadence", "clock", "is_active", "next_at", "attempts", "saved_by", "saved_at",
    )  # fmt: skip
    list_filter = ("kind", "is_active")
    list_select_related = ("resource",)
    search_fields = ("resource__code", "resource__name", "address")
    ordering = ("-id",)


@admin.register(Fetch)
class FetchAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "of_resource", "state", "detail", "file_bytes", "asked_by")
    list_filter = ("state",)
    list_select_related = ("source__resource", "asked_by")
    search_fields = ("source__resource__code", "source__resource__name")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("source", "started_at", "finished_at", "state", "detail", "file_bytes", "load",
                "asked_by")  # fmt: skip

    @admin.display(description=_("数据资源"), ordering="source__resource")
    def of_resource(self, fetch: Fetch) -> str:
        return fetch.source.resource.name
