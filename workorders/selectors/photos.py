"""Reads of photos within a scope."""

from uuid import UUID

from governance.lib.errors import NotFoundError
from grids.selectors import Scope
from workorders.models import Photo
from workorders.querysets import visible


def visible_photo(*, uuid: UUID, scope: Scope) -> Photo:
    """Find a photo of an order that the scope may see; raise NotFoundError otherwise."""
    row = Photo.objects.filter(visible(scope, prefix="order__"), uuid=uuid).first()
    if row is None:
        raise NotFoundError("没有这张照片，或它不在您的范围内。")
    return row
