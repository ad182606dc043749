"""What one is told of departments' data: a page of the hub, and a part of the console's bell."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datahub.selectors.notices import notices_of
from datahub.views.catalogue import page_reader


@require_safe
@login_required
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """Answer a person's notices; to htmx only the part that another page takes up."""
    found = notices_of(reader=page_reader(request), at=timezone.now())
    is_part = bool(request.headers.get("HX-Request"))
    template = "hub/_notices_part.html" if is_part else "hub/notices.html"
    return render(request, template, {"notices": found})
