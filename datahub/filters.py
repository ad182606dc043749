"""The filters of the catalogue, one set for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from datahub.enums import FindingState, Frequency, Library, Sharing
from datahub.models import CrossCheck, Finding, Resource
from datahub.querysets import Reader
from datahub.selectors.findings import findings_of, in_area, is_searchable, matching_text
from governance.lib.errors import InvalidError, flatten_fields
from grids.models import Area

WORDS, WORDS_LENGTH = 5, 100
CODE_LENGTH = 40


class ResourceFilter(django_filters.FilterSet):
    """Narrow a queryset of resources that already keeps to what the reader may know of."""

    department = django_filters.CharFilter(
        label=_("提供部门编码"), field_name="department__code", max_length=CODE_LENGTH
    )
    sharing = django_filters.ChoiceFilter(label=_("共享属性"), choices=Sharing.choices)
    frequency = django_filters.ChoiceFilter(label=_("更新周期"), choices=Frequency.choices)
    library = django_filters.ChoiceFilter(label=_("基础库"), choices=Library.choices)
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


class FindingFilter(django_filters.FilterSet):
    """Narrow findings that already keep to what the reader may see."""

    state = django_filters.ChoiceFilter(label=_("状态"), choices=FindingState.choices)
    area = django_filters.CharFilter(
        label=_("区域编码"), method="filter_area", max_length=CODE_LENGTH
    )
    q = django_filters.CharFilter(
        label=_("搜索比对值和标题"), method="filter_text", max_length=WORDS_LENGTH
    )

    class Meta:
        model = Finding
        fields: list[str] = []

    def filter_area(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        area = Area.objects.filter(code=value).first()
        return in_area(findings, area) if area else findings.none()

    def filter_text(self, findings: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching_text(findings, value)


def narrow_findings(check: CrossCheck, reader: Reader, given: dict[str, Any]) -> QuerySet[Finding]:
    """Narrow what a reader may see of a check; raise InvalidError naming the filter at fault."""
    if given.get("q") and not is_searchable(check):
        raise InvalidError(fields={"q": ["比对值是个人信息，不能搜索"]})
    narrowed = FindingFilter(given, queryset=findings_of(check=check, reader=reader))
    if not narrowed.is_valid():
        raise InvalidError("筛选条件有误。", fields=flatten_fields(narrowed.errors))
    found: QuerySet[Finding] = narrowed.qs
    return found
