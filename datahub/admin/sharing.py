"""Requests for sharing and open data in the admin: only shown, decided on the hub's pages."""

from django.contrib import admin

from datahub.models import Publication, SharingRequest
from governance.lib.readonly import ReadOnlyAdmin


@admin.register(SharingRequest)
class SharingRequestAdmin(ReadOnlyAdmin):
    list_display = (
        "asked_at", "resource", "unit", "asked_by", "is_personal", "state", "granted_until",
    )  # fmt: skip
    list_filter = ("state", "is_personal")
    list_select_related = ("resource", "asked_by")
    search_fields = ("resource__code", "resource__name", "asked_by__username", "purpose")
    ordering = ("-id",)


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "resource", "state", "k", "asked_by", "published_at")
    list_filter = ("state",)
    list_select_related = ("resource", "asked_by")
    search_fields = ("resource__code", "resource__name")
    ordering = ("-id",)
