"""Keeping a filter of the queue under a name, and giving it up."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from governance.lib.errors import InvalidError, NotFoundError
from grids.selectors.posts import departments_of
from workorders.models import SavedFilter

MOST_FILTERS = 30  # of one person


@transaction.atomic
def save_filter(
    *, owner: User, name: str, query: str, department: Department | None, at: datetime
) -> SavedFilter:
    """Keep a filter; the same person's same name is replaced.

    Raises InvalidError for one more than anybody needs, and for a department of others.
    """
    own = departments_of(user=owner, on=timezone.localdate(at))
    if department is not None and department not in own:
        raise InvalidError(fields={"department": ["只能共享给自己所在的单位"]})
    User.objects.select_for_update().get(pk=owner.pk)  # two at once must not pass the limit
    others = SavedFilter.objects.filter(owner=owner).exclude(name=name)
    if others.count() >= MOST_FILTERS:
        raise InvalidError(fields={"name": [f"最多保存 {MOST_FILTERS} 个，请先删除不用的"]})
    kept = {"query": query, "department": department, "saved_at": at}
    return SavedFilter.objects.update_or_create(owner=owner, name=name, defaults=kept)[0]


def drop_filter(*, owner: User, pk: int) -> None:
    """Delete one's own filter; raise NotFoundError for that of somebody else."""
    count, _ = SavedFilter.objects.filter(owner=owner, pk=pk).delete()
    if not count:
        raise NotFoundError("没有这个筛选，或它不是您保存的。")
