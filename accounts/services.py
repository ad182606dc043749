"""Writes of accounts: the access log and the people of a department."""

from datetime import datetime

from accounts.enums import AccessKind
from accounts.models import AccessLog, User


def record_access(
    *,
    kind: AccessKind,
    at: datetime,
    user: User | None = None,
    username: str = "",
    address: str | None = None,
    subject: str = "",
    purpose: str = "",
) -> AccessLog:
    """Append one line to the access log; `subject` names what was seen, such as an order."""
    return AccessLog.objects.create(
        kind=kind,
        at=at,
        user=user,
        username=(user.username if user else username)[:150],
        address=address,
        subject=subject[:80],
        purpose=purpose[:200],
    )
