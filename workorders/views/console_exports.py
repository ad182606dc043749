"""The filtered list as a spreadsheet: asked for, watched, cancelled, fetched by its owner alone."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.lib.errors import DomainError, InvalidError, NotFoundError
from workorders.selectors.exports import own_export, own_exports
from workorders.services import Actor, ask_export, cancel_export
from workorders.services.exports import MOST_ROWS
from workorders.tasks import ring_exports
from workorders.views.console import viewer
from workorders.views.console_queue import match_orders, said_query

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def exports(request: HttpRequest) -> HttpResponse:
    """Answer one's own exports; a POST asks for one more, of the queue's address."""
    actor = viewer(request)
    if request.method != "POST":
        return _listed(request, actor)
    params = QueryDict(request.POST.get("query", "").replace("\x00", "")[:4000])
    at = timezone.now()
    try:
        found = match_orders(params=params, actor=actor, at=at, limit=MOST_ROWS + 1)
        assert actor.user is not None  # noqa: S101  # for the type checker
        title = said_query(params=params, actor=actor)
        ask_export(actor=actor.user, title=title, order_ids=[row.pk for row in found], at=at)
    except InvalidError as error:
        return _listed(request, actor, problem=error.detail, status=422)
    ring_exports()
    return _listed(request, actor)


@require_POST
@login_required
@never_cache
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop one's own export half-way."""
    actor = viewer(request)
    assert actor.user is not None  # noqa: S101  # for the type checker
    try:
        cancel_export(job=own_export(uuid=uuid, user=actor.user), at=timezone.now())
    except NotFoundError:
        raise
    except DomainError as error:
        return _listed(request, actor, problem=error.detail, status=error.status)
    return _listed(request, actor)


@require_safe
@login_required
@never_cache
def download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Hand the file to the person who asked for it, as long as it is kept."""
    actor = viewer(request)
    assert actor.user is not None  # noqa: S101  # for the type checker
    job = own_export(uuid=uuid, user=actor.user)
    if not job.file or not default_storage.exists(job.file):
        raise NotFoundError("文件已过保存期或尚未完成，请重新导出。")
    name = f"工单-{timezone.localtime(job.asked_at):%Y%m%d-%H%M}.xlsx"
    file = default_storage.open(job.file)
    return FileResponse(file, as_attachment=True, filename=name, content_type=SHEET)


def _listed(
    request: HttpRequest, actor: Actor, *, problem: str = "", status: int = 200
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("workorders:console")
    assert actor.user is not None  # noqa: S101  # for the type checker
    jobs = own_exports(user=actor.user)
    context = {
        "jobs": jobs,
        "problem": problem,
        "is_busy": any(not (job.finished_at or job.cancelled_at) for job in jobs),
    }
    return render(request, "console/_exports.html", context, status=status)
