"""Who reads: a person with the posts and grants that hold now."""

from django.utils import timezone

from accounts.models import User
from datahub.querysets import Reader
from datahub.selectors import read_reader
from datahub.services.sharing import end_due_sharing
from grids.services import current_scope


def current_reader(*, user: User) -> Reader:
    """Read what a person may do with departments' data now.

    Posts and grants that ended unnoticed are settled first.
    """
    scope = current_scope(user=user)
    if user.pk is not None:
        end_due_sharing(at=timezone.now(), user=user)
    return read_reader(user=user, scope=scope)
