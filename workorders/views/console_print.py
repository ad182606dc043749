"""An order on paper: masked, or with the person who asked, which is logged with its purpose."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.lib.requests import client_address
from workorders.services import reveal_reporter
from workorders.views.console import viewer
from workorders.views.console_acts import PURPOSE_LENGTH
from workorders.views.console_context import read_pane


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order for A4; a POST with its purpose shows who asked, to those entitled."""
    actor, at = viewer(request), timezone.now()
    pane = read_pane(number=number, actor=actor, at=at)
    context: dict[str, Any] = {"pane": pane, "actor": actor, "now": at, "status": 200}
    if request.method == "POST":
        purpose = request.POST.get("purpose", "").replace("\x00", "").strip()
        context["purpose"] = purpose
        if not purpose or len(purpose) > PURPOSE_LENGTH:
            context |= {
                "error": f"请填写打印事由，不超过 {PURPOSE_LENGTH} 字",
                "status": 422,
            }
        else:
            context["details"] = reveal_reporter(
                order=pane.order,
                actor=actor,
                at=at,
                purpose=f"打印：{purpose}",
                address=client_address(request),
            )
    return render(request, "console/print.html", context, status=context["status"])
