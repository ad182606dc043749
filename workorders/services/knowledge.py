"""What readers say of the knowledge base, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime

from accounts.enums import Right
from governance.lib.errors import ForbiddenError
from workorders.models import KnowledgeEntry, OutdatedMark
from workorders.selectors.knowledge import readable_entry
from workorders.services.actors import Actor


def mark_outdated(*, pk: int, actor: Actor, note: str, at: datetime) -> KnowledgeEntry:
    """Say that an entry no longer holds; said again, the newer note stands.

    Raises NotFoundError for an entry that one may not read.
    """
    if actor.user is None or not actor.scope.has_anywhere(Right.VIEW_ORDERS):
        raise ForbiddenError()
    entry = readable_entry(pk=pk, scope=actor.scope)
    OutdatedMark.objects.update_or_create(
        entry=entry, user=actor.user, settled_at=None, defaults={"note": note, "at": at}
    )
    return entry


def settle_marks(*, entries: Sequence[int], at: datetime) -> int:
    """Note that whoever keeps these entries has looked at what readers said of them."""
    marks = OutdatedMark.objects.filter(entry__in=entries, settled_at__isnull=True)
    return marks.update(settled_at=at)
