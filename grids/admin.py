"""Places, boundaries, addresses and posts in the admin."""

from typing import Any

import segno
from django import forms
from django.contrib import admin
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from governance.lib.errors import DomainError
from governance.lib.readonly import ReadOnlyAdmin
from grids.enums import Weekday
from grids.models import (
    Address,
    Area,
    Boundary,
    BoundaryVersion,
    CheckIn,
    Element,
    PatrolPlan,
    PatrolPoint,
    Post,
    Visit,
)
from grids.selectors import spell_address
from grids.services import appoint, end_post
from grids.services.elements import full_name, save_element
from grids.services.posts import CHECKED, check_post


@admin.register(Area)
class AreaAdmin(ModelAdmin):
    """Names and centres of areas; shapes come only through `load_areas`."""

    list_display = ("code", "name", "level", "kind", "parent", "centre", "is_active")
    list_filter = ("level", "kind", "is_active")
    list_select_related = ("parent", "centre")
    search_fields = ("code", "name")
    autocomplete_fields = ("parent", "centre")
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Orders are placed by these: a change would move them without a trace.
        return ("code", "level", "parent") if obj else ()


@admin.register(BoundaryVersion)
class BoundaryVersionAdmin(ReadOnlyAdmin):
    list_display = ("id", "level", "loaded_at", "source", "crs", "loaded_by", "note")
    list_filter = ("level",)
    list_select_related = ("loaded_by",)
    ordering = ("-id",)


@admin.register(Boundary)
class BoundaryAdmin(ReadOnlyAdmin):
    """When a shape was in force and how large it is; the shape itself is on the maps."""

    list_display = ("area", "version", "valid_from", "valid_to")
    fields = ("area", "version", "valid_from", "valid_to", "extent", "vertices")
    list_select_related = ("area", "version")
    search_fields = ("area__code", "area__name")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        boundaries = super().get_queryset(request)
        is_list = request.resolver_match and "object_id" not in request.resolver_match.kwargs
        return boundaries.defer("geometry") if is_list else boundaries

    @admin.display(description=_("范围（经纬度）"))
    def extent(self, boundary: Boundary) -> str:
        return ", ".join(f"{degrees:.6f}" for degrees in boundary.geometry.extent)

    @admin.display(description=_("顶点数"))
    def vertices(self, boundary: Boundary) -> int:
        return boundary.geometry.num_coords


def degrees_field(label: Any, limit: int) -> forms.FloatField:
    return forms.FloatField(
        label=label, min_value=-limit, max_value=limit, widget=UnfoldAdminDecimalFieldWidget()
    )


class PointForm(forms.ModelForm):
    """A point as two numbers; GeoDjango's own map comes from the network."""

    lon = degrees_field(_("经度（WGS-84）"), 180)
    lat = degrees_field(_("纬度（WGS-84）"), 90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.point:
            self.initial.update(lon=self.instance.point.x, lat=self.instance.point.y)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"lon", "lat"} <= cleaned.keys():
            self.instance.point = Point(cleaned["lon"], cleaned["lat"], srid=4326)
        return cleaned


class AddressForm(PointForm):
    """An address, in the one spelling by which it is found."""

    class Meta:
        model = Address
        fields = ["text", "code"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if {"text", "lon", "lat"} <= cleaned.keys():
            self.instance.normalized = self._spelled(cleaned["text"])
        return cleaned

    def _spelled(self, text: str) -> str:
        spelled = spell_address(text)[:200]
        same = Address.objects.filter(normalized=spelled).exclude(pk=self.instance.pk)
        if not spelled or same.exists():
            raise ValidationError({"text": _("已有写法相同的地址，或地址中没有可辨认的文字。")})
        return spelled


@admin.register(Address)
class AddressAdmin(ModelAdmin):
    form = AddressForm
    fields = ("text", "code", "lon", "lat")
    list_display = ("text", "code", "is_demo")
    list_filter = ("is_demo",)
    search_fields = ("text", "code")
    ordering = ("text",)
    show_full_result_count = False


class PatrolPointForm(PointForm):
    class Meta:
        model = PatrolPoint
        fields = ["code", "name", "area", "is_active"]


@admin.register(PatrolPoint)
class PatrolPointAdmin(ModelAdmin):
    """Points and the plates with their QR pictures, ready to print."""

    form = PatrolPointForm
    fields = ("code", "name", "area", "lon", "lat", "is_active")
    list_display = ("code", "name", "area", "is_active", "is_demo")
    list_filter = ("is_active", "is_demo")
    list_select_related = ("area",)
    search_fields = ("code", "name", "area__name")
    autocomplete_fields = ("area",)
    ordering = ("code",)
    actions = ("print_plates",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()  # it hangs on a wall

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its visits are history; it can be taken out of use

    @admin.action(description=_("打印二维码"))
    def print_plates(self, request: HttpRequest, points: QuerySet[PatrolPoint]) -> HttpResponse:
        """Show a page of plates: name, grid and code as a QR picture."""
        plates = [
            {"point": point, "picture": segno.make(point.code, error="q").svg_data_uri(scale=6)}
            for point in points.select_related("area")
        ]
        context = {**self.admin_site.each_context(request), "plates": plates}
        return render(request, "admin/plates.html", context)


@admin.register(PatrolPlan)
class PatrolPlanAdmin(ModelAdmin):
    list_display = ("name", "times", "starts_on", "ends_on", "is_demo")
    list_filter = ("is_demo",)
    search_fields = ("name",)
    autocomplete_fields = ("points",)
    ordering = ("name",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "weekdays":
            return forms.TypedMultipleChoiceField(
                label=db_field.verbose_name,
                choices=Weekday.choices,
                coerce=int,
                widget=forms.CheckboxSelectMultiple,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    list_display = ("at", "point", "worker", "way", "metres")
    list_filter = ("way",)
    list_select_related = ("point", "worker")
    search_fields = ("point__code", "point__name", "worker__username")
    ordering = ("-at",)
    show_full_result_count = False


class ElementForm(forms.ModelForm):
    """An element; a person's name and every telephone are typed anew, never shown in full."""

    label = forms.CharField(
        label=_("名称"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget()
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        help_text=_("不填则不变"),
        widget=UnfoldAdminTextInputWidget(),
    )
    lon = degrees_field(_("经度（WGS-84）"), 180)
    lat = degrees_field(_("纬度（WGS-84）"), 90)

    class Meta:
        model = Element
        fields = ["kind", "area", "address", "attributes", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lon"].required = self.fields["lat"].required = False
        if self.instance.point:
            self.initial.update(lon=self.instance.point.x, lat=self.instance.point.y)
        if self.instance.name_cipher:
            self.fields["label"].help_text = _("现为 %s；不填则不变") % self.instance.name
        else:
            self.initial["label"] = self.instance.name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("label") and not self.instance.name_cipher:
            raise ValidationError({"label": _("请填写名称")})
        lon, lat = cleaned.get("lon"), cleaned.get("lat")
        if (lon is None) != (lat is None):
            raise ValidationError({"lon": _("请同时填写经度和纬度，或都不填")})
        self.instance.point = None if lon is None else Point(lon, lat, srid=4326)
        return cleaned


@admin.register(Element)
class ElementAdmin(ModelAdmin):
    """What grids hold; contacts are shown masked."""

    form = ElementForm
    fields = (
        "kind", "label", "phone", "area", "address", "lon", "lat", "attributes", "is_active",
    )  # fmt: skip
    list_display = ("kind", "name", "phone_masked", "area", "address", "visited_at", "is_demo")
    list_filter = ("kind", "is_active", "is_demo")
    list_select_related = ("area",)
    search_fields = ("name", "address", "area__name")
    autocomplete_fields = ("area",)
    ordering = ("-added_at", "-pk")
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its visits are history; it can be taken off the list

    def save_model(self, request: HttpRequest, obj: Element, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        name = typed["label"] or full_name(obj)
        save_element(element=obj, name=name, phone=typed["phone"] or None)


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ("at", "element", "worker", "purpose", "outcome")
    list_filter = ("purpose", "outcome")
    list_select_related = ("element", "worker")
    search_fields = ("worker__username", "element__address")
    ordering = ("-at",)
    show_full_result_count = False


class PostForm(forms.ModelForm):
    """An appointment; once made, only its last day can be changed."""

    class Meta:
        model = Post
        fields = ["user", "role", "department", "area", "starts_on", "ends_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        known = {name: cleaned.get(name, getattr(self.instance, name)) for name in CHECKED}
        try:
            check_post(**known)
        except DomainError as error:
            raise ValidationError(as_form_errors(error, self.fields)) from error
        if self.instance.revoked_at:
            raise ValidationError(_("此岗位已结束，请另行任命。"))
        if self.instance.pk and cleaned.get("ends_on") is None:
            raise ValidationError({"ends_on": _("请填写截止日；岗位的其他内容不能修改。")})
        return cleaned


def as_form_errors(error: DomainError, fields: Any) -> Any:
    """Put a refusal beside the inputs it names, or above the form."""
    named = {name: words for name, words in error.fields.items() if name in fields}
    return named or [error.detail]


@admin.register(Post)
class PostAdmin(ModelAdmin):
    """Appointments; rights are granted and taken back by the services only."""

    form = PostForm
    list_display = (
        "user", "role", "department", "area", "starts_on", "ends_on", "granted_at", "revoked_at",
    )  # fmt: skip
    list_filter = ("role",)
    list_select_related = ("user", "department", "area")
    search_fields = ("user__username", "user__name", "area__name", "department__name")
    autocomplete_fields = ("user", "department", "area")
    ordering = ("-id",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "role", "department", "area", "starts_on") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if change:
            if "ends_on" in form.changed_data and obj.ends_on is not None:
                end_post(post=obj, ends_on=obj.ends_on)
            return
        post = appoint(**{name: getattr(obj, name) for name in ("user", *CHECKED)})
        obj.pk = post.pk
        obj.refresh_from_db()
