"""Open data of the demo: three resources, desensitised and published by their owners."""

from datetime import datetime
from typing import Any

from accounts.models import User
from datahub.enums import PublicationState
from datahub.models import Publication, Resource
from datahub.services import (
    ask_publication,
    current_reader,
    prepare_publications,
    publish_publication,
)

LICENCE = "演示数据，由程序生成；可免费下载、使用和再发布，须注明来源。"


def keep(*names: str) -> dict[str, dict[str, Any]]:
    return {name: {"treatment": "raw"} for name in names}


STREET: dict[str, dict[str, Any]] = {"address": {"treatment": "street"}}
# code: (what it is, what happens to its columns)
OPENED: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "ga-lodging": (
        "全区旅馆业治安许可名录，地址只到街道。",
        {**keep("uscc", "firm", "point", "licence", "issued_on", "valid_until"), **STREET},
    ),
    "mz-homes": (
        "养老服务机构的床位、等级和位置，地址只到街道。",
        {**keep("uscc", "firm", "point", "beds", "staff", "grade", "opened_on"), **STREET},
    ),
    "mz-elderly": (
        "高龄津贴按性别、年龄段和年份的发放情况，不含个人信息。",
        {
            "gender": {"treatment": "raw", "is_quasi": True},
            "age": {"treatment": "band", "size": 10},
            "money": {"treatment": "raw"},
            "paid_on": {"treatment": "year"},
        },
    ),
}


def load_open_data(*, at: datetime) -> int:
    """Open what is not open yet, through the services; count it."""
    people = User.objects.in_bulk(field_name="username")
    resources = Resource.objects.filter(code__in=OPENED, rows__gt=0, publications__isnull=True)
    count = 0
    for resource in resources.select_related("schema", "department"):
        by = people[f"demo-handler-{resource.code.partition('-')[0]}"]
        description, plan = OPENED[resource.code]
        reader = current_reader(user=by)
        ask_publication(
            resource=resource, plan=plan, description=description, licence=LICENCE,
            reader=reader, by=by, at=at,
        )  # fmt: skip
        prepare_publications()
        made = Publication.objects.get(resource=resource)
        if made.state == PublicationState.PREPARED:
            publish_publication(publication=made, reader=reader, by=by, at=at)
            count += 1
    return count
