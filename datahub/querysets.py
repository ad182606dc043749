"""Queries of the catalogue; `Reader` says whose."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from datahub.enums import Sharing

if TYPE_CHECKING:
    from datahub.models import Resource


@dataclass(frozen=True)
class Delivery:
    """What an owner gives back of a resource to one area: the rows whose column names it."""

    resource: int
    area: int
    area_column: str
    columns: frozenset[str]  # empty: all of them
    is_personal: bool  # personal columns as they are, for a purpose on record


@dataclass(frozen=True)
class Reader:
    """What one person may do with departments' data: ids of departments and of resources."""

    departments: frozenset[int] = frozenset()
    personal_departments: frozenset[int] = frozenset()
    loading_departments: frozenset[int] = frozenset()
    granted: frozenset[int] = frozenset()
    personal_granted: frozenset[int] = frozenset()
    administers: bool = False
    person: int = 0  # id of the user
    is_known: bool = False  # has a post, so that sharing is meant for them
    sees_everything: bool = field(default=False)
    areas: frozenset[int] = frozenset()  # where orders may be seen
    deciding_areas: frozenset[int] = frozenset()  # where orders are dispatched or supervised
    receiving_areas: frozenset[int] = frozenset()  # streets and communities one answers for
    deliveries: tuple[Delivery, ...] = ()

    def reads_rows(self, resource: "Resource") -> bool:
        """Tell whether the rows may be read, personal columns masked."""
        if self.sees_everything or resource.department_id in self.departments:
            return True
        if resource.pk in self.granted | self.personal_granted:
            return True
        return self.is_known and resource.sharing == Sharing.UNCONDITIONAL and resource.is_active

    def received(self, resource: "Resource", *, is_personal: bool = False) -> tuple[Delivery, ...]:
        """Give the areas' shares of a resource that may be read, where not all of it may be."""
        wholly = self.reads_personal(resource) if is_personal else self.reads_rows(resource)
        if wholly:
            return ()
        own = (one for one in self.deliveries if one.resource == resource.pk)
        return tuple(one for one in own if one.is_personal or not is_personal)

    def reads_some(self, resource: "Resource") -> bool:
        """Tell whether any rows may be read: all of them, or those of an area."""
        return self.reads_rows(resource) or bool(self.received(resource))

    def reveals_some(self, resource: "Resource") -> bool:
        """Tell whether personal columns of any rows may be read unmasked."""
        return self.reads_personal(resource) or bool(self.received(resource, is_personal=True))

    def loads(self, resource: "Resource") -> bool:
        """Tell whether files may be loaded, and loads cancelled and taken back."""
        return self.sees_everything or resource.department_id in self.loading_departments

    def approves(self, resource: "Resource") -> bool:
        """Tell whether requests for sharing are decided: by whoever may read all of it."""
        return self.sees_everything or resource.department_id in self.personal_departments

    def reads_personal(self, resource: "Resource") -> bool:
        """Tell whether personal columns may be read unmasked, for a purpose that is recorded."""
        if self.sees_everything or resource.department_id in self.personal_departments:
            return True
        return resource.pk in self.personal_granted


class ResourceQuerySet(QuerySet[Any]):
    """Resources of the catalogue."""

    def visible_to(self, reader: Reader) -> "ResourceQuerySet":
        """Keep what the reader may know of.

        Those who administer the catalogue see all of it; a department sees its own; a grant shows
        its resource; what is shared at all is shown to everybody with a post. What is withheld is
        not even named to others, and neither is what is out of use.
        """
        if reader.sees_everything or reader.administers:
            return self.all()
        own = Q(department_id__in=reader.departments)
        delivered = {one.resource for one in reader.deliveries}
        granted = Q(pk__in=reader.granted | reader.personal_granted | delivered)
        if not reader.is_known:
            return self.filter(own | granted)
        shared = Q(is_active=True) & ~Q(sharing=Sharing.WITHHELD)
        return self.filter(own | granted | shared)

    def readable_by(self, reader: Reader) -> "ResourceQuerySet":
        """Keep the resources all of whose rows may be read, as `Reader.reads_rows` says."""
        if reader.sees_everything:
            return self.all()
        readable = Q(department_id__in=reader.departments)
        readable |= Q(pk__in=reader.granted | reader.personal_granted)
        if reader.is_known:
            readable |= Q(sharing=Sharing.UNCONDITIONAL, is_active=True)
        return self.filter(readable)

    def matching(self, words: Iterable[str]) -> "ResourceQuerySet":
        """Keep what has every word in its name, code, description, department or a column."""
        found = self
        for word in words:
            found = found.filter(
                Q(name__icontains=word)
                | Q(code__icontains=word)
                | Q(description__icontains=word)
                | Q(department__name__icontains=word)
                | Q(pk__in=self._with_column(word))
            )
        return found

    def _with_column(self, word: str) -> Any:
        columns = Q(schema__columns__label__icontains=word) | Q(
            schema__columns__name__icontains=word
        )
        return self.model._default_manager.filter(columns).values("pk")


class CheckQuerySet(QuerySet[Any]):
    """Cross-checks of resources."""

    def visible_to(self, reader: Reader) -> "CheckQuerySet":
        """Keep those of whose every resource the reader may read the rows."""
        if reader.sees_everything:
            return self.all()
        sides = self.model._meta.get_field("sides").related_model._default_manager
        resources = sides.model._meta.get_field("resource").related_model._default_manager
        unreadable = sides.exclude(resource__in=resources.readable_by(reader).values("pk"))
        return self.exclude(pk__in=unreadable.values("cross_check"))


class FindingQuerySet(QuerySet[Any]):
    """Findings of cross-checks."""

    def visible_to(self, reader: Reader) -> "FindingQuerySet":
        """Keep those of visible checks, in the reader's areas or from the reader's departments."""
        if reader.sees_everything:
            return self.all()
        checks = self.model._meta.get_field("cross_check").related_model._default_manager
        owned = checks.filter(sides__resource__department__in=reader.departments)
        placed = in_areas(reader.areas)
        found = self.filter(cross_check__in=checks.visible_to(reader).values("pk"))
        return found.filter(placed | Q(cross_check__in=owned.values("pk")))


def in_areas(ids: frozenset[int]) -> Q:
    """Select findings in or beneath areas."""
    levels = ("district", "street", "community", "grid")
    found = Q(pk__in=())
    for level in levels:
        found |= Q(**{f"{level}_id__in": ids})
    return found
