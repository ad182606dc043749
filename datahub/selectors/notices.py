"""What a person is told of departments' data: read from what is, so it ends when its cause ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse

from datahub.enums import FetchState, FindingState, RequestState
from datahub.models import Fetch, Finding, SharingRequest
from datahub.querysets import Reader
from datahub.selectors.quality import reminders_for
from datahub.selectors.sharing import find_requests, waiting_for

RECENT = timedelta(days=30)
SHOWN = 50
DECIDED = (
    RequestState.APPROVED, RequestState.REFUSED, RequestState.REVOKED, RequestState.ENDED,
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One notice: what kind, what about, since when, and where one goes on."""

    kind: str
    title: str
    detail: str
    at: datetime
    path: str


def notices_of(*, reader: Reader, at: datetime) -> list[Told]:
    """List what a reader is told now, the newest first.

    Data owed and fetches that fail, to those whom they concern; requests that wait for the
    reader's decision; decisions on one's own of the last 30 days; open findings of that time.
    """
    since = at - RECENT
    found = [*_owed(reader, at), *_waiting(reader), *_decided(reader, since)]
    found += [*_findings(reader, since), *_failed(reader)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _owed(reader: Reader, at: datetime) -> Iterator[Told]:
    for one in reminders_for(reader=reader):
        resource = one.resource
        kind = "催报：已逾期" if one.due_at <= at else "催报：将到期"
        detail = f"{resource.department.name}，应于 {one.due_at:%Y-%m-%d} 前更新"
        yield Told(kind, resource.name, detail, one.at, _resource(resource.code))


def _waiting(reader: Reader) -> Iterator[Told]:
    for one in waiting_for(reader=reader).order_by("-asked_at")[:SHOWN]:
        yield Told("共享申请：待您审批", one.resource.name, one.unit, one.asked_at, _request(one))


def _decided(reader: Reader, since: datetime) -> Iterator[Told]:
    mine = Q(asked_by=reader.person) | Q(area__in=reader.receiving_areas)
    lately = Q(decided_at__gte=since) | Q(ended_at__gte=since)
    found = find_requests(reader=reader).filter(mine, lately, state__in=DECIDED)
    for one in found.order_by("-decided_at")[:SHOWN]:
        moment = one.ended_at or one.decided_at
        assert moment is not None  # noqa: S101  # the filter asks for it
        kind = f"共享申请：{one.get_state_display()}"
        yield Told(kind, one.resource.name, one.ending or one.answer, moment, _request(one))


def _findings(reader: Reader, since: datetime) -> Iterator[Told]:
    seen = Finding.objects.visible_to(reader).filter(
        state=FindingState.OPEN, first_seen_at__gte=since
    )
    checks = seen.order_by().values("cross_check__code", "cross_check__name")
    for one in checks.annotate(count=Count("pk"), newest=Max("first_seen_at")):
        path = reverse("datahub:check", args=[one["cross_check__code"]])
        detail = f"近 30 天 {one['count']} 个疑点待处理"
        yield Told("数据比对：有疑点", one["cross_check__name"], detail, one["newest"], path)


def _failed(reader: Reader) -> Iterator[Told]:
    """Tell of sources whose last attempt failed, by that attempt."""
    broken = Q(source__is_active=True, source__attempts__gt=0, state=FetchState.FAILED)
    if not reader.sees_everything:
        broken &= Q(source__resource__department__in=reader.loading_departments)
    newest = Fetch.objects.filter(broken).order_by("source_id", "-started_at", "-id")
    for one in newest.distinct("source_id").select_related("source__resource"):
        resource = one.source.resource
        path = reverse("datahub:source", args=[resource.code])
        yield Told("自动抓取：没有取到", resource.name, one.detail, one.started_at, path)


def _resource(code: str) -> str:
    return reverse("datahub:resource", args=[code])


def _request(request: SharingRequest) -> str:
    return reverse("datahub:request", args=[request.uuid])
