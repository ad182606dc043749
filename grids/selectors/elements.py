"""Reads of what grids hold, and of the visits paid to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When

from accounts.enums import Right
from governance.lib.names import name_digests
from governance.lib.pagination import PAGE_SIZE, Page, take_page
from grids.enums import ElementKind
from grids.models import Element, Visit
from grids.selectors.scopes import Scope, beneath


@dataclass(frozen=True)
class ElementQuery:
    """What is asked for: a kind, an area's code, words of name or address (of a person the full
    name); empty for any.
    """

    kind: str = ""
    area: str = ""
    words: str = ""


def visible_elements(*, scope: Scope) -> QuerySet[Element]:
    """Keep what lies where one may see orders; people where one may see personal data."""
    people = Q(kind=ElementKind.PERSON)
    others = ~people & beneath(scope, Right.VIEW_ORDERS, "area")
    seen = others | (people & beneath(scope, Right.VIEW_PERSONAL, "area"))
    return Element.objects.filter(seen, is_active=True)


def elements_page(
    *, query: ElementQuery, scope: Scope, cursor: str = "", size: int = PAGE_SIZE
) -> Page:
    """List elements by keyset pages, the newest entry first."""
    found = visible_elements(scope=scope).select_related("area")
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.area:
        found = found.filter(_within(query.area))
    if query.words:
        found = found.filter(_named(query.words))
    return take_page(queryset=found, key="-added_at", cursor=cursor, size=size)


def _named(words: str) -> Q:
    """Ask for words of name or address; a person's name is found as a whole alone."""
    held = Q(name__icontains=words) | Q(address__icontains=words)
    return held | Q(name_digest__in=name_digests(words))


def _within(code: str) -> Q:
    steps = ("area", "area__parent", "area__parent__parent", "area__parent__parent__parent")
    found = Q(pk__in=())
    for step in steps:
        found |= Q(**{f"{step}__code": code})
    return found


def elements_of(*, grids: Sequence[int], scope: Scope, limit: int) -> list[Element]:
    """List what some grids hold, people first, by kind and address: names are masked alike."""
    found = visible_elements(scope=scope).filter(area__in=grids).select_related("area")
    rank = Case(When(kind=ElementKind.PERSON, then=0), default=1)
    return list(found.order_by(rank, "kind", "address", "pk")[:limit])


def element_of(*, pk: int, scope: Scope) -> Element | None:
    """Find one that may be seen."""
    return visible_elements(scope=scope).select_related("area").filter(pk=pk).first()


def newest_visits(*, element: Element) -> list[Visit]:
    """List the newest visits of an element; the reader may see the element."""
    visits = Visit.objects.filter(element=element).select_related("worker")
    return list(visits.order_by("-at", "-pk")[:PAGE_SIZE])
