"""People, departments and the access log in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import AccessLog, Department, User
from accounts.services import drop_tokens
from governance.lib.readonly import ReadOnlyAdmin
from governance.lib.trees import TreeForm

# A token is shown once, to whoever signed in for it: the admin has no business with them.
admin.site.unregister(AuthToken)

# Only a superuser hands out what stands outside posts.
POWERS = ("is_superuser", "is_staff", "groups", "user_permissions")


class PersonCreationForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"  # the admin's fieldsets choose


class PasswordForm(AdminPasswordChangeForm):
    """A new password ends the tokens of the old one."""

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit=commit)
        drop_tokens(user=user)
        return user


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = PasswordForm
    list_display = ("username", "name", "is_active", "is_staff", "is_demo", "last_login")
    list_filter = ("is_active", "is_staff", "is_demo")
    search_fields = ("username", "name")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined", "is_demo")
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "is_active")}),
        (_("权限"), {"fields": POWERS}),
        (_("时间"), {"fields": ("last_login", "date_joined", "is_demo")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Else an administrator could take over a superuser by a new password.
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            drop_tokens(user=obj)


@admin.register(Department)
class DepartmentAdmin(ModelAdmin):
    form = TreeForm
    list_display = ("code", "name", "kind", "parent", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("parent",)
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    ordering = ("code",)


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "username", "address", "subject", "purpose")
    list_filter = ("kind",)
    search_fields = ("username", "subject")
    ordering = ("-at",)
    show_full_result_count = False
