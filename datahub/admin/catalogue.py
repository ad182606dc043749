"""The catalogue and its code lists in the admin."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from datahub.columns import Column, TableSchemaError, read_table_schema, write_table_schema
from datahub.models import CodeItem, CodeList, Resource, SchemaVersion
from datahub.selectors import code_lists, columns_of
from datahub.services import publish_schema, settle_due
from governance.lib.readonly import ReadOnlyAdmin


class CodeItemInline(TabularInline):
    model = CodeItem
    extra = 0
    ordering = ("position", "code")


@admin.register(CodeList)
class CodeListAdmin(ModelAdmin):
    list_display = ("code", "name", "source")
    search_fields = ("code", "name")
    inlines = (CodeItemInline,)
    ordering = ("code",)


class SchemaField(forms.JSONField):
    """A Table Schema, a column a line."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return super().prepare_value(value)
        lines = ",\n".join(
            f"    {json.dumps(one, ensure_ascii=False)}" for one in value.get("fields", [])
        )
        key = json.dumps(value.get("primaryKey", []), ensure_ascii=False)
        return f'{{\n  "fields": [\n{lines}\n  ],\n  "primaryKey": {key}\n}}'


class ResourceForm(forms.ModelForm):
    table_schema = SchemaField(
        label=_("数据结构"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        help_text=_(
            "Frictionless Table Schema；校验码类型、单位、代码表和个人信息类别"
            "写在列的 yiwang 属性中，"
            '如 {"name": "id_no", "title": "身份证号", "type": "string", '
            '"yiwang": {"type": "id_number", "personal": "id_number"}}。有变更即发布新版本。'
        ),
    )

    class Meta:
        model = Resource
        fields = [
            "code", "name", "department", "description", "frequency", "sharing", "sharing_terms",
            "is_open", "open_k", "library", "load_megabytes", "contact", "telephone", "is_active",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["table_schema"] = write_table_schema(columns_of(self.instance.schema))

    def clean_table_schema(self) -> list[Column] | None:
        """Read the columns; each flaw names its column."""
        given = self.cleaned_data["table_schema"]
        if not given or given == write_table_schema([]):
            return None
        try:
            return read_table_schema(given, known_lists=code_lists())
        except TableSchemaError as error:
            raise ValidationError([str(flaw) for flaw in error.flaws]) from error


@admin.register(Resource)
class ResourceAdmin(ModelAdmin):
    """Entries of the catalogue; none is deleted: 停用."""

    form = ResourceForm
    list_display = (
        "code", "name", "department", "frequency", "sharing", "is_open", "schema", "changed_at",
        "is_active",
    )  # fmt: skip
    list_display_links = ("code", "name")
    list_filter = (
        "sharing",
        "is_open",
        "frequency",
        ("department", admin.RelatedOnlyFieldListFilter),
        "is_active",
    )
    list_select_related = ("department", "schema")
    search_fields = ("code", "name", "description", "department__name")
    autocomplete_fields = ("department",)
    ordering = ("code",)
    fieldsets = (
        (_("是什么"), {"fields": ("code", "name", "department", "description", "library",
                              "frequency", "load_megabytes")}),
        (_("给谁用"), {"fields": ("sharing", "sharing_terms", "is_open", "open_k", "contact",
                              "telephone", "is_active")}),
        (_("有哪些列"), {"fields": ("table_schema",)}),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Other systems name a resource by its code.
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Resource, form: ModelForm, change: bool
    ) -> None:
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)
        if columns := form.cleaned_data.get("table_schema"):
            publish_schema(resource=obj, columns=columns, at=obj.changed_at, by=request.user)  # type: ignore[arg-type]
        settle_due(resource=obj)


@admin.register(SchemaVersion)
class SchemaVersionAdmin(ReadOnlyAdmin):
    """What each version changed, in words."""

    list_display = ("resource", "number", "published_at", "published_by", "what_changed")
    fields = ("resource", "number", "published_at", "published_by", "what_changed")
    list_select_related = ("resource", "published_by")
    search_fields = ("resource__code", "resource__name")
    ordering = ("-id",)

    @admin.display(description=_("变更"))
    def what_changed(self, version: SchemaVersion) -> str:
        return "；".join(version.changes)
