"""Channels and their tokens."""

import hashlib
import secrets

from workorders.models import Channel


def issue_token(*, channel: Channel, token: str = "") -> str:
    """Give a channel a new token and return it; only its digest is kept."""
    token = token or secrets.token_urlsafe(32)
    channel.token_digest = hashlib.sha256(token.encode()).hexdigest()
    channel.save(update_fields=["token_digest"])
    return token
