"""The pages of open data: for everybody, without signing in."""

from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datahub.intake import write_open_dcat
from datahub.selectors.publications import open_data, open_publication, open_steps
from datahub.services.publications import file_of
from governance.lib.errors import NotFoundError
from governance.lib.fields import CONTROL
from governance.lib.rates import count_use
from governance.lib.requests import client_address
from grids.selectors import district_name

HOUR, WORDS = 3600, 100
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@require_safe
@never_cache
def open_catalogue(request: HttpRequest) -> HttpResponse:
    """List what is open; words narrow it."""
    words = CONTROL.sub("", request.GET.get("q", ""))[:WORDS].strip()
    found = list(open_data(words=words))
    context = {"publications": found, "words": words, "count": len(found)}
    return render(request, "public/open.html", _page(context))


@require_safe
@never_cache
def open_resource(request: HttpRequest, code: str) -> HttpResponse:
    """Show what one resource offers: its columns, how they were treated, its files."""
    found = open_publication(code=code)
    steps = open_steps([found]).get(found.pk, [])
    context = {"publication": found, "steps": steps, "report": found.report}
    return render(request, "public/open_resource.html", _page(context))


@require_safe
def open_file(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """Hand the file out; an unchanged one is not sent again, a withdrawn one is gone at once."""
    found = open_publication(code=code)
    path = file_of(found, kind=kind)
    if path is None:
        raise NotFoundError("文件暂时无法下载。")
    tag = f'"{found.uuid.hex}-{kind}"'
    headers = {"ETag": tag, "Cache-Control": "public, no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    count_use(
        what="open",
        who=client_address(request) or "unknown",
        limit=settings.OPEN_DOWNLOADS_PER_HOUR,
        seconds=HOUR,
    )
    name = f"{found.resource.name}-{found.published_at:%Y%m%d}.{kind}"
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=TYPES[kind],
        headers=headers,
    )


@require_safe
@never_cache
def open_dcat(request: HttpRequest) -> HttpResponse:
    """Describe what is open as DCAT in JSON-LD."""
    found = list(open_data())
    document = write_open_dcat(
        base=request.build_absolute_uri("/open/"), publications=found, steps=open_steps(found)
    )
    return JsonResponse(
        document, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
    )


def _page(context: dict[str, Any]) -> dict[str, Any]:
    return {**context, "page": "open", "district": district_name()}
