"""Asking for a load, cancelling it, and taking it back."""

import hashlib
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from datahub.columns import key_of
from datahub.enums import LoadMode, LoadState
from datahub.models import Load, Resource
from datahub.querysets import Reader
from datahub.selectors import columns_of
from datahub.services.freshness import settle_due
from datahub.services.quality import standing_measures
from datahub.services.tables import SHIFT, before_of, exists, forget, run, table_of
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError
from grids.enums import Crs

RUNNING = (LoadState.WAITING, LoadState.STAGING, LoadState.CHECKING)


def ask_load(
    *,
    resource: Resource,
    file: UploadedFile,
    mode: LoadMode,
    crs: Crs,
    reader: Reader,
    by: User,
    at: datetime,
) -> Load:
    """Keep a file and put it on the workers' list.

    Raises ForbiddenError for people who do not load for the department, InvalidError where the
    resource has no columns, or no key for an update.
    """
    if not reader.loads(resource):
        raise ForbiddenError()
    check_takes(resource, mode)
    load = Load(
        uuid=uuid4(),
        resource=resource,
        mode=mode,
        crs=crs,
        file_name=(file.name or "")[-200:],
        file_bytes=file.size or 0,
        digest=_digest(file),
        asked_by=by,
        asked_at=at,
    )
    load.file.save(load.uuid.hex, file, save=False)
    return keep_load(load)


def bytes_limit(resource: Resource) -> int:
    """Give how large a file for a resource may be."""
    if resource.load_megabytes is None:
        return int(settings.LOAD_BYTES_LIMIT)
    return resource.load_megabytes * 1024 * 1024


def check_takes(resource: Resource, mode: LoadMode) -> None:
    """Raise InvalidError where a resource has no columns, or no key for an update."""
    columns = columns_of(resource.schema)
    if not columns:
        raise InvalidError("此资源还没有登记数据结构。", fields={"file": ["没有数据结构"]})
    if mode == LoadMode.UPSERT and not key_of(columns):
        raise InvalidError("没有主键的资源不能按主键更新。", fields={"mode": ["没有主键"]})


def keep_load(load: Load) -> Load:
    """Put a load whose file is kept on the workers' list."""
    load.save()
    return load


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def cancel_load(*, load: Load, at: datetime) -> Load:
    """Stop a load that is not done: at once where it waits, soon where it runs.

    Raises ConflictError for one that has ended.
    """
    with transaction.atomic():
        load = Load.objects.select_for_update(of=("self",)).get(pk=load.pk)
        if load.state not in RUNNING:
            raise ConflictError("这次装载已经结束，不能取消。")
        load.is_cancel_asked = True
        if load.state == LoadState.WAITING:
            load.state, load.finished_at = LoadState.CANCELLED, at
        load.save()
    if load.finished_at:
        load.file.delete()
    # After the commit: whoever is broken off looks whether a cancel was asked for.
    _interrupt(load)
    return load


def _interrupt(load: Load) -> None:
    """Break off the statement that the load's worker is waiting for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND datname = current_database()",
            [application_name(load)],
        )


def application_name(load: Load) -> str:
    return f"load {load.uuid}"


@transaction.atomic
def undo_load(*, load: Load, by: User, at: datetime) -> Load:
    """Take the newest load of a resource back: its rows go, what it replaced returns.

    Raises ConflictError where a later load stands on it, or what it replaced is no longer kept.
    """
    resource = Resource.objects.select_for_update(of=("self",), no_key=True).get(
        pk=load.resource_id
    )
    load = Load.objects.select_for_update(of=("self",)).get(pk=load.pk)
    later = Load.objects.filter(resource=resource, state=LoadState.DONE, pk__gt=load.pk)
    if load.state != LoadState.DONE or later.exists():
        raise ConflictError("只能撤销最近一次已完成的装载。")
    if not load.is_undoable:
        raise ConflictError("这次装载之前的数据已不再保留，不能撤销。")
    _put_back(load, table_of(resource))
    load.state, load.undone_by, load.undone_at = LoadState.UNDONE, by, at
    load.is_undoable = False
    load.save()
    resource.rows = resource.rows - load.rows_loaded + load.rows_replaced
    resource.changed_at = at
    resource.loaded_at = _newest(resource)
    resource.measures = standing_measures(resource)
    resource.save(update_fields=["rows", "changed_at", "loaded_at", "measures"])
    settle_due(resource=resource)
    return load


def _newest(resource: Resource) -> datetime | None:
    done = Load.objects.filter(resource=resource, state=LoadState.DONE)
    return done.order_by("-id").values_list("asked_at", flat=True).first()


def _put_back(load: Load, table: str) -> None:
    before = before_of(load)
    if load.mode == LoadMode.FULL:
        run(f"DROP TABLE {table}")
        run(f"ALTER TABLE {before} RENAME TO {table.partition('.')[2]}")
        return
    first, end = load.pk << SHIFT, (load.pk + 1) << SHIFT
    run(f"DELETE FROM {table} WHERE _id >= {first} AND _id < {end}")
    if exists(before):
        run(f"INSERT INTO {table} SELECT * FROM {before}")
        forget(load)


class RowsForgottenError(ConflictError):
    code = "rows_forgotten"
    status = 410
    detail = "问题行的内容已过保存期，只留下统计。"


def record_fault_sheet(*, load: Load, by: User, address: str | None, at: datetime) -> None:
    """Write down who takes a load's error sheet along; raise RowsForgottenError for none left."""
    if load.rows_bad and not load.bad_rows.exists():
        raise RowsForgottenError()
    record_access(
        kind=AccessKind.EXPORTED,
        at=at,
        user=by,
        address=address,
        subject=f"load {load.uuid}",
        purpose=f"问题清单：{load.resource.code}（{load.rows_bad} 行）",
    )
