"""Who else has the same order open."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from governance.lib.errors import NotFoundError
from governance.lib.presence import leave, meet
from workorders.models import WorkOrder
from workorders.views.console import viewer


@require_POST
@login_required
@never_cache
def presence(request: HttpRequest, number: str) -> HttpResponse:
    """Take note that a person looks at an order they may see, and name the others who do."""
    actor = viewer(request)
    user = actor.user
    assert user is not None  # noqa: S101  # for the type checker
    if not WorkOrder.objects.visible_to(actor.scope).filter(number=number).exists():
        leave(place=number, person=user.pk)
        raise NotFoundError()
    others = meet(
        place=number,
        person=user.pk,
        name=actor.label,
        is_writing=request.POST.get("writing") == "yes",
        at=timezone.now(),
    )
    return render(request, "console/_presence.html", {"others": others})
