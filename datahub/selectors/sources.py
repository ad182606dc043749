"""Where resources are fetched from, as those may see it who load for the department."""

from django.db.models import Q, QuerySet

from datahub.models import AllowedHost, Fetch, Resource, Source
from datahub.querysets import Reader
from governance.lib.errors import ForbiddenError, NotFoundError


def check_loads(*, resource: Resource, reader: Reader) -> None:
    """Raise ForbiddenError for people who do not load for the department."""
    if not reader.loads(resource):
        raise ForbiddenError("只有提供部门的数据报送员可以设置数据来源。")


def find_source(*, resource: Resource, reader: Reader) -> Source | None:
    """Find the source of a resource; raise ForbiddenError for people who do not load for it."""
    check_loads(resource=resource, reader=reader)
    found = Source.objects.filter(resource=resource)
    return found.select_related("saved_by", "resource__department", "resource__schema").first()


def source_of(*, resource: Resource, reader: Reader) -> Source:
    """Find the source of a resource; raise NotFoundError where there is none."""
    found = find_source(resource=resource, reader=reader)
    if found is None:
        raise NotFoundError("此资源没有设置数据来源。")
    return found


def fetches_of(source: Source) -> QuerySet[Fetch]:
    """List the attempts to fetch a source."""
    return Fetch.objects.filter(source=source).select_related("asked_by", "load")


def newest_fetch(source: Source) -> Fetch | None:
    return fetches_of(source).order_by("-started_at", "-id").first()


def is_allowed(*, host: str, port: int, resource: Resource) -> bool:
    """Tell whether a resource may be fetched from a host: the list names it for its department."""
    mine = Q(department=None) | Q(department=resource.department_id)
    return AllowedHost.objects.filter(mine, host=host, port=port).exists()
