"""Cross-checks in the admin: each side held against its resource's columns; runs only shown."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline

from datahub.enums import CheckKind
from datahub.models import CheckRun, CheckSide, CrossCheck
from datahub.models.checks import SIDES
from datahub.selectors.definitions import (
    BadDefinitionError,
    read_definition,
    words_of,
)
from datahub.services import run_cross_check
from governance.lib.readonly import ReadOnlyAdmin


class SidesFormSet(BaseInlineFormSet):
    """The sides of a check, looked at together: a condition of one names columns of another."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if _is_kept(form)]
        if any(form.errors for form in kept) or self.instance.kind not in CheckKind.values:
            return
        try:
            read_definition(CheckKind(self.instance.kind), [form.instance for form in kept])
        except BadDefinitionError as error:
            self._tell(error, {form.instance.position: form for form in kept})

    def _tell(self, error: BadDefinitionError, forms_: dict[int, ModelForm]) -> None:
        """Put each fault where it belongs: at a side's field, or above all sides."""
        whole = []
        for position, field, words in error.faults:
            if position in forms_:
                forms_[position].add_error(field or None, words)
            else:
                whole.append(words)
        if whole:
            raise ValidationError(whole)


def _is_kept(form: ModelForm) -> bool:
    given = getattr(form, "cleaned_data", {})
    return bool(form.has_changed() or form.instance.pk) and not given.get("DELETE")


class CheckSideInline(StackedInline):
    model = CheckSide
    formset = SidesFormSet
    fields = (
        ("position", "resource", "is_absent"), ("key_column", "value_column"),
        ("label_column", "place_column"), "conditions",
    )  # fmt: skip
    autocomplete_fields = ("resource",)
    extra = 2
    max_num = SIDES
    ordering = ("position",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else self.extra


class CrossCheckForm(forms.ModelForm):
    class Meta:
        model = CrossCheck
        fields = ["code", "name", "kind", "about", "is_active"]


@admin.register(CrossCheck)
class CrossCheckAdmin(ModelAdmin):
    """Rules over resources; a changed one runs again within a minute."""

    form = CrossCheckForm
    inlines = (CheckSideInline,)
    list_display = ("code", "name", "kind", "ran_at", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name")
    ordering = ("code",)
    actions = ("run_now",)
    readonly_fields = ("definition",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "definition") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code", "name", "kind", "about", "is_active", *(["definition"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its findings are on record: 停用

    @admin.display(description=_("这条规则说的是"))
    def definition(self, check: CrossCheck) -> str:
        return words_of(check)

    def save_model(
        self, request: HttpRequest, obj: CrossCheck, form: ModelForm, change: bool
    ) -> None:
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("立即比对"), permissions=["change"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[CrossCheck]) -> None:
        for check in queryset.order_by("id"):
            run = run_cross_check(check=check, at=timezone.now())
            if run is None:
                told, level = f"{check.name}正在比对，请稍后。", messages.WARNING
            elif run.problem:
                told, level = f"{check.name}：{run.problem}", messages.ERROR
            else:
                told, level = f"{check.name}：{run.found} 条疑点", messages.SUCCESS
            self.message_user(request, told, level)


@admin.register(CheckRun)
class CheckRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "cross_check", "found", "appeared", "vanished", "problem")
    list_filter = ("cross_check",)
    list_select_related = ("cross_check",)
    ordering = ("-id",)
