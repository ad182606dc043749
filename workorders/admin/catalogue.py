"""Channels with their tokens, and the categories."""

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

from governance.lib.trees import TreeForm
from workorders.intake import ADAPTERS
from workorders.models import Category, Channel
from workorders.services import issue_token


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
