"""Queries of the catalogue; `Reader` says whose."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from datahub.enums import Sharing

if TYPE_CHECKING:
    from datahub.models import Resource


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

    def reads_rows(self, resource: "Resource") -> bool:
        """Tell whether the rows may be read, personal columns masked."""
        if self.sees_everything or resource.department_id in self.departments:
            return True
        if resource.pk in self.granted | self.personal_granted:
            return True
        return self.is_known and resource.sharing == Sharing.UNCONDITIONAL and resource.is_active

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
        granted = Q(pk__in=reader.granted | reader.personal_granted)
        if not reader.is_known:
            return self.filter(own | granted)
        shared = Q(is_active=True) & ~Q(sharing=Sharing.WITHHELD)
        return self.filter(own | granted | shared)

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
