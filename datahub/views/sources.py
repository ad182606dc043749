"""The page of a resource's source: where it is fetched from, when, and how that went."""

from datetime import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from datahub.enums import Cadence, FetchState, FileFormat, LoadMode, SourceAuth, SourceKind
from datahub.models import Resource, Source
from datahub.selectors import resource_for
from datahub.selectors.sources import fetches_of, find_source, source_of
from datahub.services import ask_fetch, forget_source, save_source
from datahub.services.sources import Wish
from datahub.tasks import ring_fetches
from datahub.views.catalogue import page_reader
from datahub.views.sharing import read_text
from governance.lib.errors import DomainError, InvalidError, NotFoundError
from grids.enums import Crs

SHOWN = 15
CHOICES = {
    "kind": SourceKind,
    "format": FileFormat,
    "auth": SourceAuth,
    "mode": LoadMode,
    "cadence": Cadence,
    "crs": Crs,
}
LENGTHS = {"address": 500, "query": 4000, "header": 60, "user": 200}
ACTS = {"fetch", "forget"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def source(request: HttpRequest, code: str) -> HttpResponse:
    """Show and set a resource's source; a refusal is shown above the form, what was typed stays."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    known = find_source(resource=found, reader=reader)
    if request.method != "POST":
        return render(request, "hub/source.html", _context(found, known))
    try:
        save_source(
            resource=found,
            wish=_wish(request),
            reader=reader,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except DomainError as error:
        context = _context(found, known, given=request.POST) | {"problem": error}
        return render(request, "hub/source.html", context, status=error.status)
    return redirect("datahub:source", code=code)


@require_POST
@login_required
@never_cache
def act_on_source(request: HttpRequest, code: str, action: str) -> HttpResponse:
    """Have the source fetched now, or forget it; then show the page again."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    known = source_of(resource=found, reader=reader)
    if action not in ACTS:
        raise NotFoundError()
    try:
        _act(request, known, action)
    except DomainError as error:
        context = _context(found, known) | {"problem": error}
        return render(request, "hub/source.html", context, status=error.status)
    return redirect("datahub:source", code=code)


def _act(request: HttpRequest, source: Source, action: str) -> None:
    if action == "forget":
        forget_source(source=source)
        return
    ask_fetch(source=source, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    ring_fetches()


def _wish(request: HttpRequest) -> Wish:
    given: dict[str, Any] = {}
    for name, choices in CHOICES.items():
        try:
            given[name] = choices(request.POST.get(name, ""))
        except ValueError as error:
            raise InvalidError("请选择。", fields={name: ["请选择"]}) from error
    for name, length in LENGTHS.items():
        given[name] = read_text(request, name, length)
    secret = request.POST.get("secret", "")
    return Wish(
        **given, secret=secret, clock=_clock(request), is_active=request.POST.get("active") == "on"
    )


def _clock(request: HttpRequest) -> time:
    try:
        return time.fromisoformat(request.POST.get("clock", "02:00")).replace(tzinfo=None)
    except ValueError as error:
        raise InvalidError("几点须如 02:30。", fields={"clock": ["如 02:30"]}) from error


def _context(resource: Resource, known: Source | None, given: Any = None) -> dict[str, Any]:
    fetches = fetches_of(known).order_by("-started_at", "-id")[:SHOWN] if known else ()
    return {
        "resource": resource,
        "source": known,
        "shown": given or _values(known),
        "is_on": given.get("active") == "on" if given else known is None or known.is_active,
        "fetches": fetches,
        "is_running": any(one.state == FetchState.RUNNING for one in fetches),
        "choices": {name: choices.choices for name, choices in CHOICES.items()},
    }


def _values(known: Source | None) -> dict[str, str]:
    if known is None:
        return {"clock": "02:00", "cadence": Cadence.DAILY}
    names = (*CHOICES, "address", "query", "header")
    return {name: getattr(known, name) for name in names} | {"clock": f"{known.clock:%H:%M}"}
