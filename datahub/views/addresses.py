"""The page of standard addresses: what a free text may mean, how surely, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.lib.fields import CONTROL
from grids.models import Area
from grids.selectors import match_addresses

LENGTH = 200


@require_safe
@login_required
@never_cache
def addresses(request: HttpRequest) -> HttpResponse:
    """Match a text to standard addresses and show the candidates with their reasons."""
    text = CONTROL.sub("", request.GET.get("q", "")).strip()[:LENGTH]
    found = match_addresses(text=text, limit=10) if text else []
    grids = Area.objects.in_bulk([one.location.grid_id for one in found])
    matches = [(one, grids.get(one.location.grid_id)) for one in found]
    return render(request, "hub/addresses.html", {"text": text, "matches": matches})
