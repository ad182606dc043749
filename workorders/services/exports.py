"""Lists of orders as spreadsheets: asked for, made row by row in constant memory, deleted in time.

The rights are those of the moment at which each part is written, not those of the asking.
"""

import logging
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from accounts.enums import AccessKind, Right
from accounts.models import User
from accounts.services import record_access
from governance.lib.errors import ConflictError, InvalidError
from grids.services import current_scope
from workorders.models import ExportJob
from workorders.selectors.exports import COLUMNS, export_rows

logger = logging.getLogger(__name__)
MOST_ROWS = 20_000
MOST_WAITING = 3  # of one person
PART = 500  # rows between two looks whether to go on
LEASE = timedelta(minutes=2)  # a worker that is silent for so long is dead
KEPT = timedelta(hours=24)
LOCK = 0x79776578  # any number that no other lock of ours has
FORMULA = re.compile(r"^[=+\-@\t\r]")
CELL_LENGTH = 32_000  # of the 32,767 characters that a cell holds
MOMENT = "yyyy-mm-dd hh:mm"


class CancelledError(Exception):
    """The person does not want the list any more."""


@transaction.atomic
def ask_export(*, actor: User, title: str, order_ids: Sequence[int], at: datetime) -> ExportJob:
    """Put a list on the workers' table; raise InvalidError for too many orders or lists."""
    if len(order_ids) > MOST_ROWS:
        raise InvalidError(
            f"符合条件的工单超过 {MOST_ROWS:,} 张，请缩小范围，例如按登记日期分几次导出。"
        )
    if not order_ids:
        raise InvalidError("没有符合条件的工单，无可导出。")
    User.objects.select_for_update().get(pk=actor.pk)  # two at once must not pass the limit
    waiting = ExportJob.objects.filter(
        actor=actor, finished_at__isnull=True, cancelled_at__isnull=True
    )
    if waiting.count() >= MOST_WAITING:
        raise InvalidError(f"已有 {MOST_WAITING} 个导出在进行，请等其中一个完成，或取消它。")
    return ExportJob.objects.create(
        uuid=uuid4(), actor=actor, title=title[:200], order_ids=list(order_ids),
        total=len(order_ids), asked_at=at,
    )  # fmt: skip


def cancel_export(*, job: ExportJob, at: datetime) -> None:
    """Stop a list half-way; raise ConflictError for one that is finished."""
    running = ExportJob.objects.filter(pk=job.pk, finished_at__isnull=True)
    if not running.update(cancelled_at=at):
        raise ConflictError("导出已经完成，不能再取消。")


def work_exports(*, at: datetime) -> int:
    """Make the lists that wait, one after the other; return how many were made.

    One worker at a time: the others are for the clocks.
    """
    made = 0
    with _alone() as is_alone:
        while is_alone and (job := _claim(at=timezone.now())) is not None:
            made += _make(job)
    remove_exports(at=at)
    return made


@contextmanager
def _alone() -> Iterator[bool]:
    """Tell whether nobody else makes lists until this ends; the connection's end frees it, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def remove_exports(*, at: datetime) -> int:
    """Delete the files whose time is over, and forget which orders they held."""
    over = ExportJob.objects.filter(removed_at__isnull=True, asked_at__lt=at - KEPT)
    count = 0
    for job in over.defer("order_ids"):
        if job.file:
            default_storage.delete(job.file)
        ended = {"removed_at": at, "file": "", "order_ids": []}
        if job.finished_at is None and job.cancelled_at is None:
            ended["cancelled_at"] = at
        count += ExportJob.objects.filter(pk=job.pk).update(**ended)
    return count


@transaction.atomic
def _claim(*, at: datetime) -> ExportJob | None:
    silent = Q(seen_at__isnull=True) | Q(seen_at__lt=at - LEASE)
    job = (
        ExportJob.objects.filter(silent, finished_at__isnull=True, cancelled_at__isnull=True)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("actor")
        .order_by("id")
        .first()
    )
    if job is not None:
        # A list that a dead worker began is made from its first row.
        job.seen_at, job.done, job.written = at, 0, 0
        job.save(update_fields=["seen_at", "done", "written"])
    return job


def _make(job: ExportJob) -> bool:
    try:
        with tempfile.TemporaryFile(suffix=".xlsx") as file:
            _write(job, file)
            name = default_storage.save(f"exports/{job.uuid}.xlsx", File(file))
    except CancelledError:
        return False
    except (OperationalError, InterfaceError):
        raise  # a lost connection: the list is made again when the lease is over
    except Exception:
        # One list that breaks the code must not hold up all others for ever.
        logger.exception("export %s failed", job.uuid)
        return _end(job, failure="系统出错，已记录。请稍后重试，或缩小范围。")
    return _end(job, file=name)


def _end(job: ExportJob, *, failure: str = "", file: str = "") -> bool:
    """Finish a list that nobody has cancelled meanwhile, and write it into the access log."""
    at = timezone.now()
    wanted = ExportJob.objects.filter(pk=job.pk, cancelled_at__isnull=True)
    ended = {"finished_at": at, "failure": failure, "file": file, "order_ids": []}
    if not wanted.update(**ended):
        if file:
            default_storage.delete(file)
        return False
    if file:
        record_access(
            kind=AccessKind.EXPORTED, at=at, user=job.actor, subject=str(job.uuid),
            purpose=f"{job.title}，{job.written} 行"[:200],
        )  # fmt: skip
    return bool(file)


def _write(job: ExportJob, file: Any) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("工单")
    sheet.freeze_panes = "B2"
    for number, (_, width, _) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    try:
        sheet.append([heading for heading, _, _ in COLUMNS])
        for start in range(0, job.total, PART):
            for row in _part(job, start):
                sheet.append([_cell(sheet, value) for value in row])
            _tell(job, start + PART)
    except BaseException:
        # Otherwise the half-written sheet lies in the temporary folder until the worker ends.
        sheet.close()
        sheet._writer.cleanup()
        raise
    book.save(file)


def _part(job: ExportJob, start: int) -> list[list[Any]]:
    """Read a part with the rights that the person has now."""
    actor = User.objects.get(pk=job.actor_id)
    scope = current_scope(user=actor)
    if not actor.is_active or not scope.has_anywhere(Right.VIEW_ORDERS):
        return []
    rows = export_rows(ids=job.order_ids[start : start + PART], scope=scope)
    job.written += len(rows)
    return rows


def _tell(job: ExportJob, done: int) -> None:
    job.done = min(done, job.total)
    told = {"done": job.done, "written": job.written, "seen_at": timezone.now()}
    if not ExportJob.objects.filter(pk=job.pk, cancelled_at__isnull=True).update(**told):
        raise CancelledError


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = MOMENT
        return cell
    return safe_text(value) if isinstance(value, str) else value


def safe_text(text: str) -> str:
    """Make a text safe in a cell: nothing that a spreadsheet would compute, nothing unprintable."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:CELL_LENGTH]
    return f"'{text}" if FORMULA.match(text) else text
