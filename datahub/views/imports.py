"""The page on which a catalogue is imported: looked at first, then taken."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datahub.forms import read_catalogue
from datahub.services import ImportRefusedError, apply_import, plan_import
from datahub.views.catalogue import page_reader
from governance.lib.errors import DomainError, InvalidError


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def import_catalogue(request: HttpRequest) -> HttpResponse:
    """Check a file and tell every problem by sheet, row and column, or import it."""
    reader = page_reader(request)
    if not (reader.administers or reader.sees_everything):
        raise Http404
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            context = _act(request)
        except ImportRefusedError as error:
            context = {"problem": error.detail, "plan": error.plan}
        except DomainError as error:
            context = {"problem": error.detail}
    status = InvalidError.status if context.get("problem") else 200
    return render(request, "hub/import.html", context, status=status)


def _act(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None:
        raise InvalidError("请选择文件。", fields={"file": ["必填"]})
    book, now = read_catalogue(file), timezone.now()
    if request.POST.get("act") == "import":
        plan = apply_import(book=book, at=now, by=request.user)  # type: ignore[arg-type]
        return {"plan": plan, "is_done": True}
    plan = plan_import(book=book, at=now)
    return {"plan": plan, "problem": "没有导入，请先改正。" if plan.problems else ""}
