"""Doing a load: a file into a staging table, its values checked, then one transaction for all.

A worker holds two advisory locks of its own connection: one of the few slots for loads, and the
resource. If it dies the locks go with it, and the load is begun again from its file: the same rows
with the same `_id`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg2
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from datahub.columns import Column
from datahub.enums import LoadState
from datahub.intake.workbooks import BadFileError
from datahub.models import Load, Resource, SchemaVersion
from datahub.selectors import columns_of
from datahub.services.loads import RUNNING, application_name
from datahub.services.merging import merge
from datahub.services.slots import LOADING, RESOURCE, lock, slot, unlock
from datahub.services.staging import stage
from datahub.services.tables import run

logger = logging.getLogger(__name__)
LOOKED_AT = 20


class CancelledError(Exception):
    """Somebody has asked to stop the load that is being done."""


def work_loads() -> int:
    """Do the loads that wait, one after the other; count them. Safe to call from anywhere."""
    done = 0
    with slot(LOADING, settings.LOADS_AT_ONCE) as is_free:
        while is_free and _work_one():
            done += 1
    return done


def _work_one() -> bool:
    """Do the oldest load of some resource that nobody else is loading."""
    waiting = Load.objects.filter(finished_at__isnull=True).order_by("id")
    for load in waiting[:LOOKED_AT]:
        if not lock(RESOURCE, load.resource_id):
            continue
        try:
            first = waiting.filter(resource_id=load.resource_id).first()
            if first is not None:
                _do(first)
                return True
        finally:
            unlock(RESOURCE, load.resource_id)
    return False


def _do(load: Load) -> None:
    try:
        with _named(load):
            _run(load)
    except CancelledError:
        _end(load, LoadState.CANCELLED, "")
    except BadFileError as error:
        _end(load, LoadState.REFUSED, error.detail)
    except (OperationalError, psycopg2.OperationalError) as error:
        _after_break(load, error)
    except InterfaceError:
        raise  # the connection is gone: the next look begins anew
    except (DatabaseError, psycopg2.Error, OSError, ValueError, ArithmeticError):
        # One file that breaks the code must not hold up the others for ever.
        logger.exception("load %s failed", load.uuid)
        _end(load, LoadState.FAILED, "系统出错，已记录。原有数据没有变化。")


def _after_break(load: Load, error: Exception) -> None:
    """A statement was broken off: by a cancel, by a full disk, or by a database that went away."""
    if isinstance(error.__cause__ or error, psycopg2.errors.DiskFull):
        _end(load, LoadState.FAILED, "磁盘空间不足，原有数据没有变化。")
    elif Load.objects.filter(pk=load.pk, is_cancel_asked=True).exists():
        _end(load, LoadState.CANCELLED, "")
    else:
        raise error


@contextmanager
def _named(load: Load) -> Iterator[None]:
    """Let a cancel find the connection that does this load."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, false)", [application_name(load)])
    try:
        yield
    finally:
        is_alive = connection.connection is not None and not connection.connection.closed
        if is_alive and not connection.needs_rollback:
            run("RESET application_name")


def _run(load: Load) -> None:
    version = Resource.objects.select_related("schema").get(pk=load.resource_id).schema
    columns = columns_of(version)
    _enter(load, LoadState.STAGING, progress=1)
    load.rows_read = stage(load=load, columns=columns)
    _enter(load, LoadState.CHECKING, progress=50)
    with transaction.atomic():
        _merge(load, version, columns)
    load.file.delete()


def _merge(load: Load, version: SchemaVersion | None, columns: list[Column]) -> None:
    """Take the rows in; what is asked for meanwhile waits for this transaction."""
    # Not its key: files handed in meanwhile refer to it and must not wait.
    resource = Resource.objects.select_for_update(of=("self",), no_key=True).get(
        pk=load.resource_id
    )
    if resource.schema_id != (version.pk if version else None):
        raise BadFileError("装载期间数据结构有变，请按新结构重新提交。")
    at = timezone.now()
    load.schema, load.finished_at, load.progress = version, at, 100
    load.state = LoadState.DONE
    merge(load=load, resource=resource, columns=columns, at=at)
    load.save()
    run(f"DROP TABLE datahub.s{load.pk}")


def _enter(load: Load, state: LoadState, *, progress: int) -> None:
    """Note where the load is, unless somebody has asked to stop it."""
    with transaction.atomic():
        known = Load.objects.select_for_update(of=("self",)).get(pk=load.pk)
        if known.is_cancel_asked or known.state not in RUNNING:
            raise CancelledError
        load.state, load.progress = state, progress
        load.started_at = load.started_at or timezone.now()
        load.save(update_fields=["state", "progress", "started_at"])


def _end(load: Load, state: LoadState, detail: str) -> None:
    at: datetime = timezone.now()
    load.state, load.detail, load.finished_at = state, detail[:400], at
    run(f"DROP TABLE IF EXISTS datahub.s{load.pk}, datahub.p{load.pk}")
    load.save()
    load.file.delete()
