"""Secrets of this installation: made once, kept readable for their owner only."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

# Letters that nobody confuses when the password is read aloud or copied from a screen.
_CLEAR_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def secret_key(*, folder: Path) -> str:
    return _kept(folder / "secret_key", lambda: secrets.token_urlsafe(50))


def field_keys(*, folder: Path) -> str:
    """Return the Fernet keys that encrypt reporters, newest first, separated by commas."""
    return _kept(folder / "field_keys", lambda: base64.urlsafe_b64encode(os.urandom(32)).decode())


def server_password(*, folder: Path, server: str) -> str:
    return _kept(folder / f"{server}_password", lambda: secrets.token_hex(24))


def demo_password(*, folder: Path) -> str:
    return _kept(folder / "demo_password", _readable_password)


def _readable_password() -> str:
    return "-".join("".join(secrets.choice(_CLEAR_LETTERS) for _ in range(4)) for _ in range(3))


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        # The mode is set at creation: a later chmod would leave a readable moment.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(make() + "\n")
    return path.read_text().strip()
