"""The chain of an order's events: each digest covers the event and the digest before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

START = b""  # what stands before the first event


def link(previous: bytes, facts: Mapping[str, Any]) -> bytes:
    """Give the SHA-256 digest (32 bytes) of an event's facts on top of the digest before it.

    The facts are JSON values and instants; the same facts read back from the database give the
    same digest.
    """
    text = json.dumps(
        facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return hashlib.sha256(previous + text.encode()).digest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
