"""Requests for sharing, as asker and owner see them."""

from django.db.models import Q, QuerySet

from accounts.enums import AccessKind
from accounts.models import AccessLog
from datahub.enums import RequestState, Sharing
from datahub.models import Resource, SharingRequest
from datahub.querysets import Reader
from governance.lib.errors import ForbiddenError, NotFoundError
from grids.models import Area

GONE = (RequestState.ENDED, RequestState.REVOKED)
LOOKS, OWN = 50, 5


class GrantEndedError(ForbiddenError):
    code = "grant_ended"


def find_requests(*, reader: Reader) -> QuerySet[SharingRequest]:
    """Find one's own requests, and those for what one decides on or administers."""
    found = SharingRequest.objects.select_related(
        "resource__department", "asked_by", "decided_by", "area"
    )
    if reader.sees_everything or reader.administers:
        return found
    own = Q(asked_by=reader.person) | Q(area__in=reader.receiving_areas)
    return found.filter(own | Q(resource__department__in=reader.personal_departments))


def waiting_for(*, reader: Reader) -> QuerySet[SharingRequest]:
    """Find what waits for a decision of the reader's."""
    found = find_requests(reader=reader).filter(state=RequestState.WAITING)
    found = found.exclude(asked_by=reader.person)
    if reader.sees_everything:
        return found
    return found.filter(resource__department__in=reader.personal_departments)


def request_for(*, uuid: str, reader: Reader) -> SharingRequest:
    """Find one request; raise NotFoundError for people it does not concern."""
    found = find_requests(reader=reader).filter(uuid=uuid).first()
    if found is None:
        raise NotFoundError()
    return found


def looks_under(request: SharingRequest) -> list[AccessLog]:
    """List when and why the asker read personal columns of the resource since the decision."""
    if request.decided_at is None or not request.is_personal:
        return []
    found = AccessLog.objects.filter(
        kind=AccessKind.PERSONAL_VIEWED,
        subject=f"resource {request.resource.code}",
        at__gte=request.decided_at,
    )
    if request.area_id is None:
        found = found.filter(user=request.asked_by_id)
    else:
        found = found.filter(purpose__contains=delivery_mark(request.area_id))
    if request.ended_at is not None:
        found = found.filter(at__lte=request.ended_at)
    return list(found.order_by("-at")[:LOOKS])


def delivery_mark(area: int) -> str:
    """Write how a look at what was delivered to an area is told from others in the access log."""
    return f"（数据返还 #{area}）"


def refuse_rows(*, resource: Resource, reader: Reader, detail: str) -> ForbiddenError:
    """Give the refusal of rows: it tells of a grant that has ended, where there was one."""
    own = Q(asked_by=reader.person) | Q(area__in=reader.receiving_areas)
    ended = SharingRequest.objects.filter(own, resource=resource, state__in=GONE)
    last = ended.order_by("-ended_at").first()
    if last is None:
        return ForbiddenError(detail)
    if last.state == RequestState.REVOKED:
        return GrantEndedError(f"提供部门已收回您的使用授权（{last.ending}），如仍需要请重新申请。")
    return GrantEndedError(
        f"您的使用授权已于 {last.granted_until} 终止（{last.ending}），如仍需要请重新申请。"
    )


def own_requests(*, resource: Resource, reader: Reader) -> list[SharingRequest]:
    """List what the reader has asked of a resource, the newest first."""
    own = Q(asked_by=reader.person) | Q(area__in=reader.receiving_areas)
    found = find_requests(reader=reader).filter(own, resource=resource)
    return list(found.order_by("-asked_at", "-id")[:OWN])


def may_be_asked_for(resource: Resource, reader: Reader) -> bool:
    """Tell whether a reader without the right could ask for it."""
    if resource.sharing == Sharing.WITHHELD or resource.schema_id is None:
        return False
    return resource.is_active and (reader.is_known or reader.sees_everything)


def areas_received(reader: Reader) -> list[Area]:
    """List the streets and communities to which the reader may ask for data to be given back."""
    return list(Area.objects.filter(pk__in=reader.receiving_areas).order_by("code"))
