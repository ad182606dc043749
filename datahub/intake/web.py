"""Fetching a file over HTTP: every hop judged, nothing taken that was cut."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpcore

from datahub.enums import FileFormat, SourceKind
from datahub.intake.remote import (
    BadPlaceError,
    Fetched,
    FetchError,
    Limits,
    Place,
    Sink,
    check_allowed,
    inner_address,
    read_place,
    too_large,
    too_slow,
)
from governance.lib.outbound import GuardedBackend, InnerAddressError, UnknownNameError

HOPS = 5
WAIT = 30.0  # seconds for one answer or one piece
REDIRECTS = (301, 302, 303, 307, 308)
LENGTH = 200  # of a validator that is kept
# Sent by servers that do not know better.
ANY = ("", "application/octet-stream", "binary/octet-stream", "text/plain", "application/download")
TYPES: Mapping[FileFormat, tuple[str, ...]] = {
    FileFormat.CSV: ("text/csv", "application/csv", "text/tab-separated-values",
                     "application/vnd.ms-excel"),
    FileFormat.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                      "application/zip"),
    FileFormat.JSONL: ("application/jsonl", "application/x-ndjson", "application/json-lines",
                       "application/json"),
    FileFormat.GEOJSON: ("application/geo+json", "application/json"),
    FileFormat.SHAPEFILE: ("application/zip", "application/x-zip-compressed"),
}  # fmt: skip


@dataclass(frozen=True)
class WantedFile:
    """A file on the web: what it should be, who asks, and what is known of it already."""

    url: str
    format: FileFormat
    secrets: Mapping[str, str]  # headers for its own origin only
    etag: str = ""
    last_modified: str = ""


def download(*, wanted: WantedFile, into: BinaryIO, limits: Limits) -> Fetched:
    """Bring a file; without a digest where the server says that it has not changed.

    Raises FetchError with a sentence for people that holds no secret.
    """
    try:
        with httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            network_backend=GuardedBackend(limits.deadline),
        ) as pool:
            return _follow(pool, wanted, into, limits)
    except InnerAddressError as error:
        raise inner_address(str(error)) from None
    except UnknownNameError as error:
        raise FetchError(f"找不到主机 {error}，请核对地址。") from None
    except httpcore.TimeoutException:
        if limits.deadline.left <= 0:
            raise too_slow() from None
        raise FetchError("对方太久没有回应。") from None
    except httpcore.ConnectError as error:
        raise FetchError(_why_not_connected(error)) from None
    except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.UnsupportedProtocol):
        raise FetchError("传到一半断了，或对方的回答不合规范；没有装载任何内容。") from None


def _why_not_connected(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "对方的 HTTPS 证书不可信，或加密方式不合。"
        cause = cause.__cause__ or cause.__context__
    return "连不上对方的服务器。"


def _follow(
    pool: httpcore.ConnectionPool, wanted: WantedFile, into: BinaryIO, limits: Limits
) -> Fetched:
    first = read_place(SourceKind.WEB, wanted.url)
    place = first
    for hop in range(HOPS + 1):
        check_allowed(place, limits, is_redirect=hop > 0)
        headers = _headers(wanted, is_own=place.origin == first.origin)
        waits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), WAIT)}
        with pool.stream("GET", place.url, headers=headers, extensions=waits) as response:
            told = _told(response)
            if response.status not in REDIRECTS:
                return _take(response, told, wanted, into, limits)
        place = _next(place, told.get("location", ""))
    raise FetchError("对方转来转去，没有给出文件。", is_final=True)


def _headers(wanted: WantedFile, *, is_own: bool) -> list[tuple[bytes | str, bytes | str]]:
    headers = {"User-Agent": "Yiwang", "Accept": "*/*", "Accept-Encoding": "identity"}
    if wanted.etag:
        headers["If-None-Match"] = wanted.etag
    if wanted.last_modified:
        headers["If-Modified-Since"] = wanted.last_modified
    return [*headers.items(), *(wanted.secrets.items() if is_own else ())]


def _told(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1").strip()
            for name, value in response.headers}  # fmt: skip


def _next(place: Place, location: str) -> Place:
    target = urljoin(place.url, location)
    try:
        return read_place(SourceKind.WEB, target)
    except BadPlaceError:
        scheme = urlsplit(target).scheme[:20]
        raise FetchError(f"对方转到了不能抓取的地址（{scheme}）。", is_final=True) from None


def _take(
    response: httpcore.Response,
    told: Mapping[str, str],
    wanted: WantedFile,
    into: BinaryIO,
    limits: Limits,
) -> Fetched:
    if response.status == 304 and (wanted.etag or wanted.last_modified):
        return Fetched(etag=wanted.etag, last_modified=wanted.last_modified)
    _check(response.status, told, wanted.format, limits)
    sink = Sink(into, limits)
    pieces: Iterator[bytes] = response.iter_stream()
    for piece in pieces:
        sink.write(piece)
    if not sink.size:
        raise FetchError("对方给的文件是空的。")
    etag, modified = told.get("etag", ""), told.get("last-modified", "")
    return Fetched(
        sink.hash.hexdigest(),
        sink.size,
        etag if len(etag) <= LENGTH else "",
        modified if len(modified) <= LENGTH else "",
    )


def _check(status: int, told: Mapping[str, str], format: FileFormat, limits: Limits) -> None:
    if status != 200:
        raise _refused(status)
    kind = told.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/html":
        raise FetchError("对方给的是网页（可能是登录页），不是数据文件。", is_final=True)
    if kind not in TYPES[format] and kind not in ANY:
        raise FetchError(f"对方说内容是 {kind[:60]}，不是 {format.label}。", is_final=True)
    if told.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise FetchError("对方压缩了传输内容，请关闭压缩。", is_final=True)
    length = told.get("content-length", "")
    # Else nobody could tell a file that was cut from a whole one.
    if not length and "chunked" not in told.get("transfer-encoding", "").lower():
        raise FetchError("对方没有说明文件有多长，断了也看不出来，不能装载。", is_final=True)
    if length.isdecimal() and int(length) > limits.bytes:
        raise too_large(limits)


def _refused(status: int) -> FetchError:
    if status in (401, 403, 407):
        return FetchError(f"对方不认这里的用户名、密码或令牌（{status}）。", is_final=True)
    if status in (404, 410):
        return FetchError(f"对方没有这个文件（{status}）。")
    if status >= 500:
        return FetchError(f"对方的系统出错（{status}）。")
    return FetchError(f"对方没有给出文件（{status}）。")
