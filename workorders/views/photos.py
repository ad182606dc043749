"""Photos leave only through here, to those who may see their order."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from workorders.selectors import visible_photo
from workorders.services import Actor

YEAR = 365 * 24 * 3600


@require_safe
@login_required
def photo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send one photo; its content never changes, so the browser may keep it for itself."""
    assert request.user.is_authenticated  # noqa: S101  # for the type checker
    row = visible_photo(uuid=uuid, scope=Actor.from_user(request.user).scope)
    with row.file.open() as file:
        response = HttpResponse(file.read(), content_type=row.content_type)
    response["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response
