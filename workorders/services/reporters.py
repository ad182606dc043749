"""Who asked: stored encrypted, shown unmasked only to those entitled, each view on record."""

from datetime import datetime

from accounts.enums import AccessKind, Right
from accounts.services import record_access
from governance.lib import crypto
from governance.lib.errors import ForbiddenError
from governance.lib.masking import mask_name, mask_phone
from governance.lib.names import name_digest
from governance.lib.phones import phone_pieces
from governance.lib.rotation import renew_each
from workorders.models import Reporter, WorkOrder
from workorders.report import ReporterDetails
from workorders.services.actors import Actor

CIPHERS = ("name_cipher", "phone_cipher", "id_number_cipher")


def reporters_of(*, order: WorkOrder, details: ReporterDetails) -> list[Reporter]:
    """Make the row of the person who asked, if anything is known of them."""
    if not details:
        return []
    reporter = Reporter(
        order=order,
        name_cipher=crypto.encrypt(details.name),
        phone_cipher=crypto.encrypt(details.phone),
        id_number_cipher=crypto.encrypt(details.id_number),
        name_masked=mask_name(details.name)[:30],
        phone_masked=mask_phone(details.phone)[:30],
        name_digest=name_digest(details.name),
        phone_digest=crypto.digest(details.phone),
        phone_parts=phone_pieces(details.phone),
    )
    return [reporter]


def reveal_reporter(
    *, order: WorkOrder, actor: Actor, at: datetime, purpose: str, address: str | None
) -> ReporterDetails:
    """Return the unmasked reporter and write who looked into the access log, in that order.

    Raises ForbiddenError unless the actor may view personal data on the order's place or holder.
    """
    if actor.user is None or not actor.scope.covers(Right.VIEW_PERSONAL, order):
        raise ForbiddenError("您没有查看诉求人信息的权限。")
    record_access(
        kind=AccessKind.PERSONAL_VIEWED,
        at=at,
        user=actor.user,
        address=address,
        subject=order.number,
        purpose=purpose,
    )
    reporter = Reporter.objects.filter(order=order).first()
    if reporter is None:
        return ReporterDetails()
    return ReporterDetails(
        name=crypto.decrypt(reporter.name_cipher),
        phone=crypto.decrypt(reporter.phone_cipher),
        id_number=crypto.decrypt(reporter.id_number_cipher),
    )


def rotate_reporter_keys() -> int:
    """Rewrite every reporter under the newest key; return how many were rewritten."""
    return renew_each(Reporter.objects.all(), _renew)


def _renew(reporter: Reporter) -> None:
    for name in CIPHERS:
        setattr(reporter, name, crypto.rotate(getattr(reporter, name)))
    phone = crypto.decrypt(reporter.phone_cipher)
    reporter.name_digest = name_digest(crypto.decrypt(reporter.name_cipher))
    reporter.phone_digest, reporter.phone_parts = crypto.digest(phone), phone_pieces(phone)
    reporter.save(update_fields=[*CIPHERS, "name_digest", "phone_digest", "phone_parts"])
