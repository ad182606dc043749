"""Passes of screens: which wall, from which address, and when they were used or refused."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from dashboards.models import DisplayToken
from dashboards.services.displays import change_display_token, check_network, issue_display_token
from governance.lib.errors import InvalidError


class DisplayTokenForm(forms.ModelForm):
    class Meta:
        model = DisplayToken
        fields = ("wall", "name", "network", "is_active")

    def clean_network(self) -> str:
        """Accept an address or a network, or nothing: then the first screen's address holds."""
        try:
            return check_network(network=self.cleaned_data["network"])
        except InvalidError as error:
            raise ValidationError(error.fields["network"]) from error


@admin.register(DisplayToken)
class DisplayTokenAdmin(ModelAdmin):
    """Passes; the address to open on the screen is shown once, on the page that issues it."""

    form = DisplayTokenForm
    list_display = (
        "name", "wall", "network", "last_seen_at", "refused_at", "refused_address", "is_active",
    )  # fmt: skip
    list_filter = ("is_active", "wall")
    list_select_related = ("wall",)
    search_fields = ("name", "wall__slug", "wall__title")
    readonly_fields = ("last_seen_at", "refused_at", "refused_address")
    ordering = ("wall__slug", "name", "id")
    actions = ["issue_anew"]

    def save_model(self, request: HttpRequest, obj: DisplayToken, form: Any, change: bool) -> None:
        if change:
            change_display_token(token=obj)
        else:
            issue_display_token(token=obj)  # the one that is shown is issued after it

    def response_add(
        self, request: HttpRequest, obj: DisplayToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show(request, obj, issue_display_token(token=obj))

    @admin.action(description=_("重新签发"), permissions=["change"])
    def issue_anew(
        self, request: HttpRequest, queryset: QuerySet[DisplayToken]
    ) -> HttpResponse | None:
        """Issue one pass anew; the former secret stops working at once."""
        if queryset.count() != 1:
            self.message_user(request, _("请只选择一个令牌。"), messages.ERROR)
            return None
        token = queryset.select_related("wall").get()
        secret = issue_display_token(token=token)
        self.log_change(request, token, "重新签发大屏令牌")
        return self._show(request, token, secret)

    def _show(self, request: HttpRequest, token: DisplayToken, secret: str) -> HttpResponse:
        path = f"/wall/{token.wall.slug}/?token={secret}"
        context = {
            **self.admin_site.each_context(request),
            "title": _("大屏令牌"),
            "token": token,
            "address": request.build_absolute_uri(path),
        }
        response = TemplateResponse(request, "admin/display_token.html", context)
        add_never_cache_headers(response)
        return response
