"""What fetching from the web and from databases share: where to, how much, and what went wrong."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import httpx

from datahub.enums import SourceKind
from governance.lib.errors import DomainError, InvalidError
from governance.lib.outbound import Deadline

PORTS = {"http": 80, "https": 443, "postgresql": 5432}
SCHEMES = {SourceKind.WEB: ("http", "https"), SourceKind.DATABASE: ("postgresql",)}
EXAMPLES = {
    SourceKind.WEB: "https://data.example.gov.cn/shops.csv",
    SourceKind.DATABASE: "postgresql://db.example.gov.cn:5432/库名",
}
HOST = re.compile(r"[0-9a-z._-]{1,253}|[0-9a-f:.]{2,45}")
BAD = re.compile(r"[\x00-\x20\x7f\\]")


class FetchError(DomainError):
    """A fetch that has failed; `is_final` where to try again soon would help nobody."""

    code = "fetch_failed"

    def __init__(self, detail: str, *, is_final: bool = False) -> None:
        self.is_final = is_final
        super().__init__(detail)


class BadPlaceError(InvalidError):
    """An address that is none, or says more than an address should."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, fields={"address": [detail]})


@dataclass(frozen=True)
class Place:
    """Where a source is: the host and port that the list of allowed hosts must name."""

    url: str  # as it travels: names in IDNA, a path in percent signs
    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


@dataclass(frozen=True)
class Limits:
    """How long a fetch may take, how many bytes it may bring, and which hosts it may ask."""

    deadline: Deadline
    bytes: int
    allows: Callable[[str, int], bool]


@dataclass(frozen=True)
class Fetched:
    """What a fetch has brought into its file; without a digest nothing, for nothing has changed."""

    digest: str = ""
    size: int = 0
    etag: str = ""
    last_modified: str = ""


def read_place(kind: SourceKind, address: str) -> Place:
    """Take an address apart; raise BadPlaceError for one that cannot be meant."""
    example = f"请填写如 {EXAMPLES[kind]} 的地址。"
    if BAD.search(address):
        raise BadPlaceError(example)
    try:
        url = str(httpx.URL(address).copy_with(fragment=None))
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = parts.port or PORTS.get(parts.scheme, 0)
    except (ValueError, httpx.InvalidURL) as error:
        raise BadPlaceError(example) from error
    if parts.scheme not in SCHEMES[kind] or not HOST.fullmatch(host) or not port:
        raise BadPlaceError(example)
    if parts.username is not None or parts.password is not None:
        raise BadPlaceError("地址里不要写用户名和密码，请填在下面的栏里。")
    if kind == SourceKind.DATABASE and not (parts.path.strip("/") and not parts.query):
        raise BadPlaceError(example)
    return Place(url, parts.scheme, host, port, unquote(parts.path))


def check_allowed(place: Place, limits: Limits, *, is_redirect: bool = False) -> None:
    """Raise FetchError for a host that the list does not name."""
    if not limits.allows(place.host, place.port):
        start = "对方转到了" if is_redirect else "主机"
        raise FetchError(
            f"{start} {place.host}:{place.port}，不在允许抓取的主机之列。", is_final=True
        )


def inner_address(host: str) -> FetchError:
    return FetchError(
        f"{host} 的地址在内部网络（回环、链路本地或私有地址），没有开放抓取，已拒绝。",
        is_final=True,
    )


class Sink:
    """A file that counts and hashes what is written, and takes no more than the limits allow."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.size += len(content)
        if self.size > self.limits.bytes:
            raise too_large(self.limits)
        if self.limits.deadline.left <= 0:
            raise too_slow()
        digest = self.hash
        digest.update(content)
        return self.file.write(content)


def too_large(limits: Limits) -> FetchError:
    return FetchError(f"文件超过 {limits.bytes // 1024 // 1024} MB，已停下。", is_final=True)


def too_slow() -> FetchError:
    return FetchError("没有在规定时间内取完，已停下。")
