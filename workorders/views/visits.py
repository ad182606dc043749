"""The phone's visits: what the own grids hold, and the form that puts a visit on record."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.lib.requests import client_address
from grids.enums import VisitOutcome, VisitPurpose
from grids.models import Element
from grids.selectors.elements import elements_of
from grids.selectors.posts import worked_grids
from grids.services.elements import reveal_contact
from workorders.services import Actor
from workorders.views.mobile import phone_page, signed_in

SHOWN = 500


@require_safe
@never_cache
@login_required
def elements(request: HttpRequest) -> HttpResponse:
    """List what the own grids hold; contacts are masked."""
    return _elements_page(request, signed_in(request), {})


@never_cache
@login_required
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one contact in full above the list; the view goes on record."""
    if request.method != "POST":
        return redirect("workorders:mobile-elements")
    actor = signed_in(request)
    found = reveal_contact(
        element_id=pk,
        user=actor.user,  # type: ignore[arg-type]
        scope=actor.scope,
        at=timezone.now(),
        purpose=_("走访联系"),
        address=client_address(request),
    )
    return _elements_page(request, actor, {"revealed": found})


def _elements_page(request: HttpRequest, actor: Actor, extra: Mapping[str, Any]) -> HttpResponse:
    found = _own_elements(actor)
    context = {"elements": found, "is_cut": len(found) == SHOWN, "limit": SHOWN, **extra}
    return phone_page(request, "elements", actor, context)


@require_safe
@never_cache
@login_required
def visit(request: HttpRequest) -> HttpResponse:
    """Show the form of a visit; the phone's outbox delivers it."""
    actor = signed_in(request)
    context = {
        "elements": _own_elements(actor),
        "purposes": VisitPurpose.choices,
        "outcomes": VisitOutcome.choices,
    }
    return phone_page(request, "visit", actor, context)


def _own_elements(actor: Actor) -> list[Element]:
    grids = worked_grids(user=actor.user, on=timezone.localdate())  # type: ignore[arg-type]
    return elements_of(grids=[grid.pk for grid in grids], scope=actor.scope, limit=SHOWN)
