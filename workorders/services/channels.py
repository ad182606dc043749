"""Channels and their tokens."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from workorders.models import Channel


def issue_token(*, channel: Channel, token: str = "") -> str:
    """Give a channel a new token and return it; only its digest is kept."""
    token = token or secrets.token_urlsafe(32)
    channel.token_digest = hashlib.sha256(token.encode()).hexdigest()
    channel.save(update_fields=["token_digest"])
    return token


def token_file() -> Path:
    """Name the file of this installation's own channel tokens, for scripts on this machine."""
    return Path(settings.VAR_DIR) / "secrets" / "channel-tokens.json"


def kept_tokens(*, channels: Iterable[str]) -> dict[str, str]:
    """Read this installation's channel tokens; the first call makes them."""
    path = token_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        tokens = {code: secrets.token_urlsafe(32) for code in channels}
        # The mode is set at creation: a later chmod would leave a readable moment.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(tokens, file, indent=1)
    return dict(json.loads(path.read_text()))
