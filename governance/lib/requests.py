"""Facts about a request that more than one app needs."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Give the caller's IP address, believing only as many proxies as the settings name."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return _address(forwarded, request.META.get("REMOTE_ADDR", ""))


def connection_address(connection: Mapping[str, Any]) -> str | None:
    """Give the same of a socket, from its ASGI scope."""
    headers = dict(connection.get("headers") or [])
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
    return _address(forwarded, (connection.get("client") or ("",))[0])


def _address(forwarded: str, remote: str) -> str | None:
    hops, count = forwarded.split(","), settings.TRUSTED_PROXIES
    raw = hops[-count] if 0 < count <= len(hops) else remote
    try:
        return str(ipaddress.ip_address(raw.strip()))
    except ValueError:
        return None
