"""The filters of the queue, one set for page and API."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from accounts.models import User
from governance.lib.days import start_of
from grids.enums import AreaLevel
from grids.selectors import Scope
from grids.services import current_scope
from workorders.enums import Nature, PlaceSource, State, Urgency
from workorders.models import Category, Channel, WorkOrder
from workorders.selectors import reference, search_orders
from workorders.selectors.search import may_be_person
from workorders.selectors.supervision import NOBODY_CODE, with_signer
from workorders.workflow import ENDED

ENDED_STATES = [state.value for state in ENDED]
CODE_LENGTH = 40
WORDS_LENGTH = 200
AREA_COLUMNS = {
    AreaLevel.DISTRICT: "district_id",
    AreaLevel.STREET: "street_id",
    AreaLevel.COMMUNITY: "community_id",
    AreaLevel.GRID: "grid_id",
}


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class CodesFilter(django_filters.ModelMultipleChoiceFilter):
    """Reference data named by their codes, several of them."""


class OrderFilter(django_filters.FilterSet):
    """Narrow a queryset of orders that already keeps to the reader's scope."""

    state = django_filters.MultipleChoiceFilter(label=_("状态"), choices=State.choices)
    is_open = django_filters.BooleanFilter(label=_("在办"), method="filter_open")
    is_late = django_filters.BooleanFilter(label=_("已超时限"), method="filter_late")
    is_overdue = django_filters.BooleanFilter(label=_("办理超期"))
    is_place_unknown = django_filters.BooleanFilter(label=_("位置不明"), method="filter_unknown")
    due_before = django_filters.IsoDateTimeFilter(
        label=_("时限早于"), field_name="due_at", lookup_expr="lte"
    )
    registered_after = django_filters.IsoDateTimeFilter(
        label=_("登记晚于"), field_name="registered_at", lookup_expr="gte"
    )
    registered_before = django_filters.IsoDateTimeFilter(
        label=_("登记早于"), field_name="registered_at", lookup_expr="lt"
    )
    registered_from = django_filters.DateFilter(
        label=_("登记自"), field_name="registered_at", method="from_day"
    )
    registered_to = django_filters.DateFilter(
        label=_("登记至"), field_name="registered_at", method="to_day"
    )
    channel = CodesFilter(
        label=_("渠道"),
        field_name="channel__code",
        queryset=Channel.objects.all(),
        to_field_name="code",
    )
    category = CodesFilter(
        label=_("类别"),
        field_name="category__code",
        queryset=Category.objects.all(),
        to_field_name="code",
    )
    nature = django_filters.MultipleChoiceFilter(label=_("性质"), choices=Nature.choices)
    urgency = django_filters.ChoiceFilter(label=_("紧急程度"), choices=Urgency.choices)
    department = django_filters.CharFilter(
        label=_("承办单位"), method="filter_department", max_length=CODE_LENGTH
    )
    street = django_filters.CharFilter(
        label=_("街道"), field_name="street__code", max_length=CODE_LENGTH
    )
    grid = django_filters.CharFilter(
        label=_("网格"), field_name="grid__code", max_length=CODE_LENGTH
    )
    area = django_filters.CharFilter(label=_("区域"), method="filter_area", max_length=CODE_LENGTH)
    signer = django_filters.CharFilter(label=_("签收人"), method="filter_signer", max_length=150)
    q = django_filters.CharFilter(label=_("搜索"), method="filter_words", max_length=WORDS_LENGTH)

    class Meta:
        model = WorkOrder
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict | None = None,
        *args: Any,
        scope: Scope | None = None,
        **kwargs: Any,
    ) -> None:
        self.scope = scope
        # Each instance copies its filters and builds a form of them: only those asked for are.
        asked: Mapping[str, Any] = data or {}
        declared: dict[str, django_filters.Filter] = getattr(type(self), "base_filters")  # noqa: B009
        self.base_filters = {name: one for name, one in declared.items() if name in asked}
        super().__init__(data, *args, **kwargs)

    def filter_open(self, orders: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return (
            orders.exclude(state__in=ENDED_STATES)
            if value
            else orders.filter(state__in=ENDED_STATES)
        )

    def filter_late(self, orders: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        late = {"due_at__lt": timezone.now()}
        orders = orders.exclude(state__in=ENDED_STATES)
        return orders.filter(**late) if value else orders.exclude(**late)

    def filter_unknown(self, orders: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        unknown = {"place_source": PlaceSource.UNKNOWN}
        return orders.filter(**unknown) if value else orders.exclude(**unknown)

    def from_day(self, orders: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return orders.filter(registered_at__gte=start_of(value))

    def to_day(self, orders: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        if value == date.max:
            return orders
        return orders.filter(registered_at__lt=start_of(value + timedelta(days=1)))

    def filter_area(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        area = reference().areas_by_code.get(value)
        if area is None:
            return orders.none()
        return orders.filter(**{AREA_COLUMNS[AreaLevel(area.level)]: area.pk})

    def filter_department(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NOBODY_CODE:
            return orders.filter(department__isnull=True)
        return orders.filter(department__code=value)

    def filter_signer(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if "\x00" in value:
            return orders.none()
        users = User.objects.filter(username=value).values("pk")
        return with_signer(orders).filter(signer__in=users)

    def filter_words(self, orders: Any, name: str, value: str) -> QuerySet[Any]:
        """Search with the rights of the reader, which tell where persons may be found."""
        scope = self.scope
        if scope is None and may_be_person(value) and isinstance(self.request.user, User):
            scope = current_scope(user=self.request.user)
        return search_orders(orders=orders, words=value, scope=scope)


def declared_filters() -> dict[str, django_filters.Filter]:
    declared: dict[str, django_filters.Filter] = getattr(OrderFilter, "base_filters")  # noqa: B009
    return declared


def filter_names() -> frozenset[str]:
    """List the parameters that narrow orders."""
    return frozenset(declared_filters())


def filter_label(name: str) -> str:
    """Name a filter for people."""
    return str(declared_filters()[name].label)
