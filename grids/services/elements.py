"""Elements of a grid: kept with their contact encrypted, visited, and shown in full on record."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.enums import AccessKind, Right
from accounts.models import User
from accounts.services import record_access
from governance.lib import crypto
from governance.lib.errors import ConflictError, ForbiddenError, NotFoundError
from governance.lib.masking import mask_name, mask_phone
from governance.lib.names import name_digest
from governance.lib.phones import plain_phone
from governance.lib.rotation import renew_each
from grids.enums import ElementKind, VisitOutcome, VisitPurpose
from grids.models import Element, Visit
from grids.selectors import Scope
from grids.selectors.elements import element_of, visible_elements
from grids.selectors.posts import worked_grids
from grids.selectors.scopes import beneath
from grids.services.duties import Told, instant_of

# A visit that a phone had no line to tell is taken this long afterwards.
TOLD_WITHIN = timedelta(days=60)


@dataclass(frozen=True)
class Contact:
    """Who it is and how to reach them, in full."""

    name: str
    phone: str


@dataclass(frozen=True)
class VisitReport:
    """What a phone says of a visit."""

    id: UUID
    purpose: VisitPurpose
    outcome: VisitOutcome
    findings: str
    told: Told


def save_element(*, element: Element, name: str, phone: str | None) -> Element:
    """Save an element with its name and telephone; None leaves the telephone as it is.

    A person's name is kept encrypted and shown masked.
    """
    is_person = element.kind == ElementKind.PERSON
    element.name_cipher = crypto.encrypt(name) if is_person else b""
    element.name_digest = name_digest(name) if is_person else ""
    element.name = mask_name(name) if is_person else name
    if phone is not None:
        element.phone_cipher = crypto.encrypt(plain_phone(phone))
        element.phone_masked = mask_phone(plain_phone(phone))[:30]
    element.added_at = element.added_at or timezone.now()
    element.save()
    return element


def full_name(element: Element) -> str:
    """Give the name in full, for services and the form that edits it."""
    return crypto.decrypt(element.name_cipher) or element.name


@transaction.atomic
def record_visit(
    *, user: User, scope: Scope, element_id: int, report: VisitReport, at: datetime
) -> Visit:
    """Put a visit on record once; the same id again gets the first answer.

    Raises NotFoundError for what one may not see, ForbiddenError outside one's own grids.
    """
    element = Element.objects.select_for_update().filter(pk=element_id).first()
    known = Visit.objects.filter(pk=report.id).first()
    if known is not None:
        return _same(known, user, element_id)
    if element is None or element_of(pk=element_id, scope=scope) is None:
        raise NotFoundError("没有这个网格要素，或已不归您管。")
    if element.area not in worked_grids(user=user, on=timezone.localdate(at)):
        raise ForbiddenError("您不是该网格的网格员。", fields={"element": ["不在您的网格"]})
    visited = _instant(report.told, at)
    if element.visited_at is None or element.visited_at < visited:
        element.visited_at = visited
        element.save(update_fields=["visited_at"])
    return Visit.objects.create(
        id=report.id,
        element=element,
        worker=user,
        purpose=report.purpose,
        outcome=report.outcome,
        findings=report.findings,
        at=visited,
        device_at=report.told.device_at,
        received_at=at,
    )


def _same(known: Visit, user: User, element_id: int) -> Visit:
    if (known.worker_id, known.element_id) != (user.pk, element_id):
        raise ConflictError("编号已被使用。", fields={"id": ["编号已被使用"]})
    return known


def _instant(told: Told, at: datetime) -> datetime:
    instant = min(instant_of(told=told, at=at), at)
    if at - instant > TOLD_WITHIN:
        raise ConflictError("走访已过去两个月以上，不再登记。", fields={"device_at": ["太久以前"]})
    return instant


def reveal_contact(
    *, element_id: int, user: User, scope: Scope, at: datetime, purpose: str, address: str | None
) -> Contact:
    """Give name and telephone in full; who looked is on record first.

    Raises NotFoundError for what one may not see, ForbiddenError without the right on personal
    data there.
    """
    element = element_of(pk=element_id, scope=scope)
    if element is None:
        raise NotFoundError("没有这个网格要素，或已不归您管。")
    entitled = visible_elements(scope=scope).filter(beneath(scope, Right.VIEW_PERSONAL, "area"))
    if not entitled.filter(pk=element_id).exists():
        raise ForbiddenError("您没有查看联系方式的权限。")
    record_access(
        kind=AccessKind.PERSONAL_VIEWED,
        at=at,
        user=user,
        address=address,
        subject=f"element {element.pk}",
        purpose=purpose,
    )
    return Contact(full_name(element), crypto.decrypt(element.phone_cipher))


def rotate_element_keys() -> int:
    """Rewrite every element's contact under the newest key; return how many were rewritten."""
    return renew_each(Element.objects.all(), _renew)


def _renew(element: Element) -> None:
    element.name_cipher = crypto.rotate(element.name_cipher)
    element.phone_cipher = crypto.rotate(element.phone_cipher)
    element.name_digest = name_digest(crypto.decrypt(element.name_cipher))
    element.save(update_fields=["name_cipher", "phone_cipher", "name_digest"])
