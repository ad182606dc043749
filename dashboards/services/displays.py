"""Passes of screens that hang where nobody signs in: one wall, one address, reading only."""

import hashlib
import ipaddress
import logging
import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from dashboards.models import DisplayToken
from dashboards.push import BusError, publish_rights
from governance.lib.errors import ForbiddenError, InvalidError

logger = logging.getLogger(__name__)
COOKIE = "yiwang-display"
# As long as browsers keep one; each page of the wall renews it.
COOKIE_SECONDS = 400 * 24 * 3600
SALT = "dashboards.display"
SEEN_EVERY = timedelta(minutes=1)


class DisplayRefusedError(ForbiddenError):
    """The pass is unknown, taken back, or held by a screen at another address."""

    code = "display_refused"
    detail = "此大屏令牌无效、已停用，或不属于本机地址。请联系管理员重新签发。"


def issue_display_token(*, token: DisplayToken) -> str:
    """Give a screen a new secret and return it; only its digest is kept."""
    secret = secrets.token_urlsafe(32)
    token.digest = _digest(secret)
    token.save()
    return secret


def change_display_token(*, token: DisplayToken) -> None:
    """Keep what was changed about a pass; a screen that lost it hears nothing more at once."""
    token.save()
    try:
        publish_rights(listeners=[display_listener(token.pk)])
    except BusError as error:
        logger.warning("a screen not told of its pass, Redis is away: %s", error)


def display_listener(token_id: int) -> str:
    return f"display:{token_id}"


def admit_display(*, slug: str, secret: str, address: str | None, at: datetime) -> str:
    """Exchange a secret for the value of the screen's cookie; the first address takes it.

    Raises DisplayRefusedError; a refusal at a wrong address is kept with the pass.
    """
    with transaction.atomic():
        tokens = DisplayToken.objects.select_for_update().filter(wall__slug=slug)
        token = tokens.filter(digest=_digest(secret), is_active=True, wall__is_active=True).first()
        if token is not None and address and not token.network:
            token.network = str(ipaddress.ip_network(address))
            token.save(update_fields=["network"])
    if token is None or not _admits(token, address, at):
        raise DisplayRefusedError()
    return signing.dumps({"pass": token.pk, "digest": token.digest}, salt=SALT)


def display_of(*, cookie: str | None, address: str | None, at: datetime) -> DisplayToken | None:
    """Find the pass behind a cookie; None where it holds no longer, or not at this address.

    Pages, API and socket ask here, each time anew.
    """
    if not cookie:
        return None
    try:
        held = signing.loads(cookie, salt=SALT)
    except signing.BadSignature:
        return None
    tokens = DisplayToken.objects.select_related("wall__area")
    token = tokens.filter(
        pk=held["pass"], digest=held["digest"], is_active=True, wall__is_active=True
    ).first()
    return token if token is not None and _admits(token, address, at) else None


def check_network(*, network: str) -> str:
    """Write a network as it is kept; raise InvalidError where it is none."""
    try:
        return str(ipaddress.ip_network(network, strict=False)) if network else ""
    except ValueError as error:
        raise InvalidError(fields={"network": ["不是网段，如 10.1.2.0/24"]}) from error


def _admits(token: DisplayToken, address: str | None, at: datetime) -> bool:
    """Tell whether a screen may look from this address; note when it did, or was refused."""
    if not address or not _is_within(address, token.network):
        DisplayToken.objects.filter(pk=token.pk).update(refused_at=at, refused_address=address)
        return False
    if token.last_seen_at is None or at - token.last_seen_at >= SEEN_EVERY:
        DisplayToken.objects.filter(pk=token.pk).update(last_seen_at=at)
    return True


def _is_within(address: str, network: str) -> bool:
    return bool(network) and ipaddress.ip_address(address) in ipaddress.ip_network(network)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
