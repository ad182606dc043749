"""Connections to addresses that people have typed in: only to where they may go.

A name is resolved once, every address it has is judged, and the connection goes to an address that
was judged: a name that answers differently the second time leads nowhere else.
"""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore
from django.conf import settings

NAT64 = IPv6Network("64:ff9b::/96")


class InnerAddressError(Exception):
    """A name leads to a network that nobody has allowed."""


class UnknownNameError(Exception):
    """A name that cannot be resolved."""


def addresses_of(host: str, port: int) -> list[str]:
    """Resolve a name; raise InnerAddressError where any of its addresses may not be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownNameError(host) from error
    texts = list(dict.fromkeys(str(one[4][0]) for one in found))
    for text in texts:
        if not may_be_reached(text):
            raise InnerAddressError(host)
    return texts


def may_be_reached(text: str) -> bool:
    """Tell whether an address is public, or in one of `FETCH_NETWORKS`."""
    address = _plain(ip_address(text.partition("%")[0]))
    networks = (ip_network(one) for one in settings.FETCH_NETWORKS)
    if any(address in network for network in networks):
        return True
    return address.is_global and not address.is_multicast


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Give the IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


@dataclass(frozen=True)
class Deadline:
    """An instant of the monotonic clock by which all must be over."""

    ends: float

    @classmethod
    def within(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()

    def cut(self, timeout: float | None, error: type[Exception]) -> float:
        """Shorten a wait to what is left; raise the error where nothing is."""
        left = self.left
        if left <= 0:
            raise error("deadline")
        return min(left, timeout) if timeout is not None else left


class GuardedBackend(httpcore.NetworkBackend):
    """Open connections for httpcore to judged addresses only, each wait within a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = addresses_of(host, port)
        for place, address in enumerate(addresses, 1):
            left = self.deadline.cut(timeout, httpcore.ConnectTimeout)
            try:
                stream = self.plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if place == len(addresses):
                    raise
            else:
                return TimedStream(stream, self.deadline)
        raise UnknownNameError(host)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise InnerAddressError("unix")


class TimedStream(httpcore.NetworkStream):
    """A stream of which no single wait, and so no drip of bytes, outlasts the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.deadline.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.deadline.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self.deadline.cut(timeout, httpcore.ConnectTimeout)
        return TimedStream(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
