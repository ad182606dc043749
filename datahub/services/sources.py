"""Setting where a resource is fetched from, asking for a fetch now, and ending it."""

import re
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from datahub.enums import Cadence, FetchState, FileFormat, LoadMode, SourceAuth, SourceKind
from datahub.intake.remote import BadPlaceError, read_place
from datahub.models import Fetch, Resource, Source
from datahub.querysets import Reader
from datahub.selectors.sources import check_loads, is_allowed
from datahub.services.loads import check_takes
from datahub.states import next_fetch
from governance.lib import crypto
from governance.lib.errors import ConflictError, InvalidError
from governance.lib.rotation import renew_each
from grids.enums import Crs

HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
OURS = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "cookie",
        "if-none-match", "if-modified-since"}  # fmt: skip
VISIBLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Wish:
    """A source as somebody wants it; an empty secret keeps the one that is there."""

    kind: SourceKind
    address: str
    mode: LoadMode
    cadence: Cadence
    query: str = ""
    format: FileFormat = FileFormat.CSV
    auth: SourceAuth = SourceAuth.NONE
    header: str = ""
    user: str = ""
    secret: str = ""
    crs: Crs = Crs.WGS84
    clock: time = time(2)
    is_active: bool = True


@transaction.atomic
def save_source(
    *, resource: Resource, wish: Wish, reader: Reader, by: User, at: datetime
) -> Source:
    """Set where a resource is fetched from; a fetch that is under way brings nothing any more.

    User and secret stay only for the same host, port and way of naming oneself. Raises
    ForbiddenError for people who do not load for the department, InvalidError naming the field.
    """
    check_loads(resource=resource, reader=reader)
    locked = Resource.objects.select_for_update(of=("self",), no_key=True).get(pk=resource.pk)
    source = Source.objects.select_for_update().filter(resource=locked).first()
    _check(wish, resource)
    user, secret = _secrets(wish, source)
    source = source or Source(resource=locked)
    for name in ("kind", "address", "mode", "cadence", "auth", "crs", "clock", "is_active"):
        setattr(source, name, getattr(wish, name))
    is_web = wish.kind == SourceKind.WEB
    source.format = wish.format if is_web else FileFormat.CSV
    source.query = "" if is_web else wish.query.strip()
    source.header = wish.header if wish.auth == SourceAuth.HEADER else ""
    source.user_cipher, source.secret_cipher = crypto.encrypt(user), crypto.encrypt(secret)
    source.saved_by, source.saved_at, source.asked_by = by, at, None
    source.attempts, source.etag, source.last_modified, source.digest = 0, "", "", ""
    zone = timezone.get_default_timezone()
    source.next_at = next_fetch(wish.cadence, wish.clock, at, zone) if wish.is_active else None
    source.save()
    drop_running(source, at, "抓取期间来源有变，结果没有采用。")
    return source


def drop_running(source: Source, at: datetime, why: str) -> None:
    """Let attempts that have not ended bring nothing."""
    running = Fetch.objects.filter(source=source, state=FetchState.RUNNING)
    running.update(state=FetchState.FAILED, finished_at=at, detail=why)


def _check(wish: Wish, resource: Resource) -> None:
    place = read_place(wish.kind, wish.address)
    if not is_allowed(host=place.host, port=place.port, resource=resource):
        raise BadPlaceError(
            f"{place.host}:{place.port} 不在允许抓取的主机之列，请找系统管理员登记。"
        )
    check_takes(resource, wish.mode)
    if wish.kind == SourceKind.DATABASE:
        _check_database(wish)
    elif wish.auth == SourceAuth.HEADER and (
        not HEADER.fullmatch(wish.header) or wish.header.lower() in OURS
    ):
        raise _wrong("header", "请填写请求头的名字，如 Authorization。")


def _check_database(wish: Wish) -> None:
    if not wish.query.strip():
        raise _wrong("query", "请填写表名或一条查询语句。")
    if wish.auth != SourceAuth.BASIC:
        raise _wrong("auth", "数据库须用用户名和密码，请对方给一个只读的用户。")


def _wrong(field: str, why: str) -> InvalidError:
    return InvalidError(why, fields={field: [why]})


def _secrets(wish: Wish, source: Source | None) -> tuple[str, str]:
    """Give user and secret; what was kept goes nowhere but where it was meant for."""
    if wish.auth == SourceAuth.NONE:
        return "", ""
    user, secret = wish.user, wish.secret
    if source is not None and _is_same_place(wish, source):
        user = user or crypto.decrypt(source.user_cipher)
        secret = secret or crypto.decrypt(source.secret_cipher)
    if wish.auth == SourceAuth.HEADER:
        user = ""
    elif not user:
        raise _wrong("user", "请填写用户名；地址换了主机须重新填写。")
    if not secret:
        raise _wrong("secret", "请填写密码或令牌；地址换了主机须重新填写。")
    for field, text in (("user", user), ("secret", secret)):
        is_plain = wish.kind == SourceKind.DATABASE or VISIBLE.fullmatch(text)
        if not is_plain or "\x00" in text or len(text) > 1000:
            raise _wrong(field, "含有不能发送的字符，或过长。")
    return user, secret


def _is_same_place(wish: Wish, source: Source) -> bool:
    if (source.kind, source.auth) != (wish.kind, wish.auth):
        return False
    if source.auth == SourceAuth.HEADER and source.header != wish.header:
        return False
    before = read_place(SourceKind(source.kind), source.address)
    return before.origin == read_place(wish.kind, wish.address).origin


@transaction.atomic
def ask_fetch(*, source: Source, by: User, at: datetime) -> Source:
    """Have a source fetched at once; raise ConflictError for one that is off or under way."""
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if not source.is_active:
        raise ConflictError("这个来源已停用，请先启用。")
    if Fetch.objects.filter(source=source, state=FetchState.RUNNING).exists():
        raise ConflictError("正在取，请等这一次结束。")
    source.next_at, source.asked_by = at, by
    source.save(update_fields=["next_at", "asked_by"])
    return source


def forget_source(*, source: Source) -> None:
    """Delete a source with its secrets and attempts; what it has loaded stays."""
    source.delete()


def rotate_source_keys() -> int:
    """Rewrite the secrets of sources under the newest key; count them."""
    return renew_each(Source.objects.all(), _renew)


def _renew(source: Source) -> None:
    source.user_cipher = crypto.rotate(source.user_cipher)
    source.secret_cipher = crypto.rotate(source.secret_cipher)
    source.save(update_fields=["user_cipher", "secret_cipher"])


def unlisted_sources() -> list[tuple[str, str, int]]:
    """Name resources whose source is in use while its host is not on the list (any more)."""
    found = []
    for source in Source.objects.filter(is_active=True).select_related("resource").order_by("id"):
        place = read_place(SourceKind(source.kind), source.address)
        if not is_allowed(host=place.host, port=place.port, resource=source.resource):
            found.append((source.resource.code, place.host, place.port))
    return found
