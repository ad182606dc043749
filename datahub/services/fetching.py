"""Fetching sources that are due: a file beside those handed in, then a load like any other.

A worker holds an advisory lock of its own connection on the source. If it dies the lock goes with
it, the source is still due, and the next look begins the fetch anew; nothing was loaded. What is
due says the database's clock.
"""

import base64
import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from datahub.enums import (
    Cadence,
    FetchState,
    FileFormat,
    LoadMode,
    LoadState,
    SourceAuth,
    SourceKind,
)
from datahub.intake.databases import WantedRows, copy_rows
from datahub.intake.remote import Fetched, FetchError, Limits
from datahub.intake.web import WantedFile, download
from datahub.models import Fetch, Load, Source
from datahub.models.loads import FOLDER
from datahub.selectors.sources import is_allowed
from datahub.services.loads import bytes_limit, check_takes, keep_load
from datahub.services.slots import FETCHING, SOURCE, lock, slot, unlock
from datahub.services.sources import drop_running
from datahub.states import next_fetch, next_try
from governance.lib import crypto
from governance.lib.errors import DomainError
from governance.lib.outbound import Deadline
from grids.enums import Crs

logger = logging.getLogger(__name__)
LOOKED_AT = 20
KEPT = timedelta(days=90)
UNDONE = (LoadState.FAILED, LoadState.CANCELLED)  # the same content may be loaded again


def work_fetches() -> int:
    """Fetch the sources that are due, one after the other; count them."""
    done = 0
    with slot(FETCHING, settings.FETCHES_AT_ONCE) as is_free:
        while is_free and _work_one():
            done += 1
    return done


def _work_one() -> bool:
    fetch = _claim()
    if fetch is None:
        return False
    try:
        _do(fetch)
    finally:
        unlock(SOURCE, fetch.source_id)
    return True


@transaction.atomic
def _claim() -> Fetch | None:
    """Begin the fetch that has been due longest and that nobody else is at."""
    due = Source.objects.filter(is_active=True, next_at__lte=Now()).order_by("next_at", "id")
    locked = due.select_for_update(of=("self",), skip_locked=True)
    for source in locked.select_related("resource", "asked_by", "saved_by")[:LOOKED_AT]:
        if lock(SOURCE, source.pk):
            at = database_now()
            drop_running(source, at, "取到一半中断，已重新开始。")
            return Fetch.objects.create(
                uuid=uuid4(), source=source, asked_by=source.asked_by, started_at=at
            )
    return None


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at


def _do(fetch: Fetch) -> None:
    path = Path(default_storage.path(f"{FOLDER}/{fetch.uuid.hex}"))
    is_kept = False
    try:
        with _told_apart(), _written(path) as file:
            check_takes(fetch.source.resource, LoadMode(fetch.source.mode))
            fetched = _bring(fetch.source, file)
        is_kept = _end_well(fetch, fetched)
    except FetchError as error:
        _end_badly(fetch, error)
    finally:
        if not is_kept:
            path.unlink(missing_ok=True)


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """Open a new file and see it on the disk before anything refers to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        os.chmod(path, settings.FILE_UPLOAD_PERMISSIONS)
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn whatever goes wrong into a sentence for people; a fault of ours is also logged."""
    try:
        yield
    except FetchError:
        raise
    except DomainError as error:  # the resource does not take a load like this any more
        raise FetchError(error.detail, is_final=True) from None
    except (OperationalError, InterfaceError):
        raise  # our own database is away: the next look begins anew
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise FetchError("本系统磁盘空间不足，没有装载任何内容。") from None
        logger.exception("fetching failed")
        raise FetchError("系统出错，已记录。") from None
    except Exception as error:
        # Its words may hold an address with what people wrote into it.
        logger.error("fetching failed: %s", type(error).__name__)
        raise FetchError("系统出错，已记录。") from None


def _bring(source: Source, file: BinaryIO) -> Fetched:
    limits = Limits(
        deadline=Deadline.within(settings.FETCH_MINUTES * 60),
        bytes=bytes_limit(source.resource),
        allows=lambda host, port: is_allowed(host=host, port=port, resource=source.resource),
    )
    user, secret = crypto.decrypt(source.user_cipher), crypto.decrypt(source.secret_cipher)
    if source.kind == SourceKind.DATABASE:
        rows = WantedRows(source.address, source.query, user, secret)
        return copy_rows(wanted=rows, into=file, limits=limits)
    known = _knows(source)
    wanted = WantedFile(
        url=source.address,
        format=FileFormat(source.format),
        secrets=_headers(source, user, secret),
        etag=source.etag if known else "",
        last_modified=source.last_modified if known else "",
    )
    return download(wanted=wanted, into=file, limits=limits)


def _headers(source: Source, user: str, secret: str) -> dict[str, str]:
    if source.auth == SourceAuth.BASIC:
        pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {source.header: secret} if source.auth == SourceAuth.HEADER else {}


def _knows(source: Source) -> bool:
    """Tell whether the content that came last was looked at with the columns of now."""
    newest = Fetch.objects.filter(source=source, load__isnull=False).order_by("-id").first()
    if newest is None or newest.load is None or newest.load.state in UNDONE:
        return False
    return bool(source.digest) and source.seen_version == source.resource.schema_id


@transaction.atomic
def _end_well(fetch: Fetch, fetched: Fetched) -> bool:
    """Make a load of what came, unless it is what came last; tell whether the file is needed."""
    source = _still(fetch)
    if source is None:
        return False
    at = database_now()
    is_same = _knows(source) and fetched.digest in ("", source.digest)
    if not is_same:
        fetch.load = _loaded(fetch, source, fetched, at)
        source.digest, source.seen_version = fetched.digest, source.resource.schema_id
    source.etag, source.last_modified = fetched.etag, fetched.last_modified
    fetch.state = FetchState.UNCHANGED if is_same else FetchState.LOADED
    fetch.finished_at, fetch.file_bytes = at, fetched.size
    fetch.save()
    source.attempts, source.asked_by, source.next_at = 0, None, _scheduled(source, at)
    source.save(update_fields=[
        "attempts", "asked_by", "next_at", "etag", "last_modified", "digest", "seen_version",
    ])  # fmt: skip
    return not is_same


def _still(fetch: Fetch) -> Source | None:
    """Lock the source of a fetch that still counts; None where it was changed or begun anew."""
    found = Source.objects.select_for_update(of=("self",)).filter(pk=fetch.source_id)
    source = found.select_related("resource", "saved_by").first()
    counts = Fetch.objects.filter(pk=fetch.pk, state=FetchState.RUNNING).exists()
    return source if counts else None


def _loaded(fetch: Fetch, source: Source, fetched: Fetched, at: datetime) -> Load:
    moment = timezone.localtime(at).strftime("%Y%m%d-%H%M")
    by: User = fetch.asked_by or source.saved_by
    load = Load(
        uuid=fetch.uuid,
        resource=source.resource,
        mode=source.mode,
        crs=Crs(source.crs),
        file=f"{FOLDER}/{fetch.uuid.hex}",
        file_name=f"{source.resource.code}-{moment}.{source.format}",
        file_bytes=fetched.size,
        digest=fetched.digest,
        asked_by=by,
        asked_at=at,
    )
    return keep_load(load)


def _scheduled(source: Source, at: datetime) -> datetime | None:
    zone = timezone.get_default_timezone()
    return next_fetch(Cadence(source.cadence), source.clock, at, zone)


@transaction.atomic
def _end_badly(fetch: Fetch, error: FetchError) -> None:
    source = _still(fetch)
    if source is None:
        return
    at = database_now()
    fetch.state, fetch.detail, fetch.finished_at = FetchState.FAILED, error.detail[:300], at
    fetch.save()
    source.attempts += 1
    scheduled = _scheduled(source, at)
    source.next_at = scheduled if error.is_final else next_try(source.attempts, at, scheduled)
    source.asked_by = None
    source.save(update_fields=["attempts", "next_at", "asked_by"])


def forget_fetches(*, at: datetime) -> int:
    """Delete the records of attempts that are old; count them."""
    return Fetch.objects.filter(started_at__lt=at - KEPT).delete()[0]
