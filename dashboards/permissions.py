"""Who looks at a wall: a person by the rights of their posts, or a screen by its pass."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from dashboards.models import DisplayToken, Wall
from dashboards.selectors import wall_for
from dashboards.services.displays import COOKIE, display_of
from governance.lib.errors import NotFoundError
from governance.lib.requests import client_address
from grids.selectors import Scope
from grids.services import current_scope


@dataclass(frozen=True)
class Viewer:
    """A wall and who looks at it; a screen has an empty scope."""

    wall: Wall
    scope: Scope
    is_display: bool


class IsPersonOrDisplay(BasePermission):
    """Let through who is signed in, and screens that hold a pass; the wall itself decides."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.is_authenticated or display_at(request) is not None


def display_at(request: HttpRequest | Request) -> DisplayToken | None:
    """Find the pass of the screen that asks."""
    asked = request._request if isinstance(request, Request) else request
    if COOKIE not in asked.COOKIES:
        return None
    return display_of(
        cookie=asked.COOKIES[COOKIE], address=client_address(asked), at=timezone.now()
    )


def viewer_of(request: HttpRequest | Request, *, slug: str) -> Viewer:
    """Find the wall for whoever asks; raise NotFoundError where it is not theirs.

    A person goes before the pass of the screen at which they have signed in.
    """
    if request.user.is_authenticated:
        scope = current_scope(user=request.user)
        try:
            return Viewer(wall_for(slug=slug, scope=scope), scope, is_display=False)
        except NotFoundError:
            pass
    display = display_at(request)
    if display is None or display.wall.slug != slug:
        raise NotFoundError()
    return Viewer(display.wall, Scope(), is_display=True)
