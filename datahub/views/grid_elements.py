"""The page of one grid: people, places, organisations and things, by the base libraries."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datahub.selectors.grid_elements import LinkedRows, find_grids
from datahub.services.grid_elements import GridView, look_at_grid
from datahub.views.catalogue import page_reader
from datahub.views.rows import cell
from governance.lib.fields import CONTROL
from governance.lib.requests import client_address
from grids.enums import ElementKind
from grids.services import current_scope

LENGTH = 80


@require_safe
@login_required
@never_cache
def elements(request: HttpRequest) -> HttpResponse:
    """Find a grid of one's own and show all that is known of it; others are not found."""
    words = CONTROL.sub("", request.GET.get("grid", "")).strip()[:LENGTH]
    scope = current_scope(user=request.user)  # type: ignore[arg-type]
    grids = find_grids(words=words, scope=scope) if words else []
    context: dict[str, Any] = {"words": words, "grids": grids}
    if len(grids) == 1:
        view = look_at_grid(
            grid=grids[0],
            reader=page_reader(request),
            scope=scope,
            by=request.user,  # type: ignore[arg-type]
            address=client_address(request),
            at=timezone.now(),
        )
        context |= _shown(view) | {"grid": grids[0]}
    return render(request, "hub/elements.html", context)


def _shown(view: GridView) -> dict[str, Any]:
    kinds = [(kind.label, [one for one in view.elements if one.kind == kind])
             for kind in ElementKind]  # fmt: skip
    return {
        "kinds": [(label, found) for label, found in kinds if found],
        "linked": [_linked(one) for one in view.linked],
    }


def _linked(one: LinkedRows) -> dict[str, Any]:
    rows = [[cell(row[column.name]) for column in one.columns] for row in one.rows]
    return {"resource": one.resource, "columns": one.columns, "rows": rows, "count": one.count}
