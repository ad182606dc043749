"""Encryption at rest with keys that can be rotated.

`FIELD_KEYS` lists Fernet keys, the newest first: the first one writes, all of them read.
Equality search goes by a keyed digest, computed under each key so that a rotation loses nothing.
"""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    return _cipher(tuple(settings.FIELD_KEYS))


def encrypt(text: str) -> bytes:
    """Encrypt text under the newest key; an empty text stays empty."""
    return cipher().encrypt(text.encode()) if text else b""


def decrypt(token: bytes | memoryview) -> str:
    """Decrypt what `encrypt` wrote under any listed key; raise InvalidToken for others."""
    raw = bytes(token)
    return cipher().decrypt(raw).decode() if raw else ""


def rotate(token: bytes | memoryview) -> bytes:
    """Write the same content under the newest key."""
    raw = bytes(token)
    return cipher().rotate(raw) if raw else b""


def digest(text: str) -> str:
    """Give the search digest under the newest key; an empty text has none."""
    return _digest(settings.FIELD_KEYS[0], text) if text else ""


def digests(text: str) -> list[str]:
    """Give the digests under every listed key, for a search in the middle of a rotation."""
    return [_digest(key, text) for key in settings.FIELD_KEYS]


def _digest(key: str, text: str) -> str:
    return hmac.new(b"index:" + key.encode(), text.encode(), hashlib.sha256).hexdigest()
