"""Who reads: a person with the posts and grants that hold now."""

from accounts.models import User
from datahub.querysets import Reader
from datahub.selectors import read_reader
from grids.services import current_scope


def current_reader(*, user: User) -> Reader:
    """Read what a person may do with departments' data now; ended posts are settled first."""
    return read_reader(user=user, scope=current_scope(user=user))
