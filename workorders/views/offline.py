"""What makes the phone's pages work without network: worker, manifest, outbox, map, self-test."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workorders.selectors import own_grids, read_todo
from workorders.selectors.maps import own_map
from workorders.views.mobile import phone_page, signed_in
from workorders.views.shell import worker_script


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker; its scope is the phone's pages alone."""
    answer = HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/m/"
    return answer


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the phone's pages are installed."""
    start = reverse("workorders:mobile-todo")
    icons = [
        {"src": static("images/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(
            {"src": static(f"images/icon-{size}.png"), "sizes": f"{size}x{size}",
             "type": "image/png", "purpose": "any maskable"}
            for size in (192, 512)
        ),
    ]  # fmt: skip
    content = {
        "name": _("一网 · 网格员"),
        "short_name": _("一网"),
        "lang": "zh-CN",
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#f3f5f8",
        "theme_color": "#ffffff",
        "icons": icons,
        "shortcuts": [{"name": _("上报"), "url": reverse("workorders:mobile-report")}],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Say that a page is not kept on the phone; belongs to nobody, so that it can be kept."""
    return render(request, "mobile/offline.html")


@require_safe
@never_cache
@login_required
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what the phone has yet to deliver; the phone alone knows it."""
    return phone_page(request, "outbox", signed_in(request), {})


@require_safe
@never_cache
@login_required
def check(request: HttpRequest) -> HttpResponse:
    """Let the phone test itself: storage, camera, position, clock, offline use, network."""
    return phone_page(request, "check", signed_in(request), {})


@require_safe
@never_cache
@login_required
def grid_map(request: HttpRequest) -> HttpResponse:
    """Draw one's grids and the orders in one's hands, small enough to be kept."""
    actor = signed_in(request)
    orders = [order for order, _ in read_todo(scope=actor.scope).orders]
    drawing = own_map(grids=own_grids(scope=actor.scope), scope=actor.scope)
    marks = drawing.marks(orders) if drawing else []
    context = {"drawing": drawing, "marks": marks, "orders": orders}
    return phone_page(request, "map", actor, context)
