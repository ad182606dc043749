"""The filters of the catalogue, one set for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from datahub.enums import Frequency, Sharing
from datahub.models import Resource

WORDS, WORDS_LENGTH = 5, 100
CODE_LENGTH = 40


class ResourceFilter(django_filters.FilterSet):
    """Narrow a queryset of resources that already keeps to what the reader may know of."""

    department = django_filters.CharFilter(
        label=_("提供部门编码"), field_name="department__code", max_length=CODE_LENGTH
    )
    sharing = django_filters.ChoiceFilter(label=_("共享属性"), choices=Sharing.choices)
    frequency = django_filters.ChoiceFilter(label=_("更新周期"), choices=Frequency.choices)
    is_open = django_filters.BooleanFilter(label=_("向社会开放"))
    q = django_filters.CharFilter(
        label=_("搜索名称、摘要、部门和列"), method="filter_words", max_length=WORDS_LENGTH
    )

    class Meta:
        model = Resource
        fields: list[str] = []

    def filter_words(self, resources: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = resources.matching(value.split()[:WORDS])  # type: ignore[attr-defined]
        return found
