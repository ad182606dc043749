"""Open data as its owner sees it, and as everybody does."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from datahub.columns import PlanError, Step, read_plan
from datahub.enums import PublicationState, Sharing, Treatment
from datahub.models import Publication, Resource
from datahub.querysets import Reader
from datahub.selectors.catalogue import columns_of_many
from governance.lib.errors import NotFoundError

KEPT = 10


def publications_of(*, resource: Resource, reader: Reader) -> list[Publication]:
    """List the newest publications of a resource; none to people who do not decide on them."""
    if not reader.approves(resource):
        return []
    found = Publication.objects.filter(resource=resource)
    return list(found.select_related("asked_by", "schema", "resource").order_by("-id")[:KEPT])


def publication_for(*, uuid: str, reader: Reader) -> Publication:
    """Find one publication; raise NotFoundError for people who do not decide on it."""
    known = Publication.objects.select_related("resource__department", "schema", "asked_by")
    found = known.filter(uuid=uuid).first()
    if found is None or not reader.approves(found.resource):
        raise NotFoundError()
    return found


def may_be_opened(resource: Resource) -> bool:
    """Tell whether a resource may be published at all, desensitised."""
    is_shared = resource.sharing != Sharing.WITHHELD
    return is_shared and resource.is_active and resource.schema_id is not None


def open_data(*, words: str = "") -> QuerySet[Publication]:
    """Find what everybody may download; out of use or withheld since, it is gone."""
    found = Publication.objects.filter(state=PublicationState.PUBLISHED, resource__is_active=True)
    found = found.exclude(resource__sharing=Sharing.WITHHELD)
    for word in words.split()[:5]:
        found = found.filter(
            Q(resource__name__icontains=word)
            | Q(description__icontains=word)
            | Q(resource__department__name__icontains=word)
        )
    return found.select_related("resource__department", "schema").order_by("resource__code")


def open_publication(*, code: str) -> Publication:
    """Find what is open of one resource; raise NotFoundError."""
    found = open_data().filter(resource__code=code).first()
    if found is None:
        raise NotFoundError("没有这项开放数据，或已经撤回。")
    return found


def open_steps(publications: Iterable[Publication]) -> dict[int, list[Step]]:
    """Give what each publication shows and how it was treated, by its id, in two queries."""
    known = list(publications)
    columns = columns_of_many(one.schema for one in known)
    found = {}
    for one in known:
        try:
            plan = read_plan(columns[one.schema_id], one.plan)
        except PlanError:
            continue  # rules have become stricter since
        found[one.pk] = [step for step in plan if step.treatment != Treatment.DROP]
    return found
