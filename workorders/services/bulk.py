"""One act for many orders: asked at once, done row by row, each in a transaction of its own."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Department, User
from governance.lib.errors import DomainError
from grids.models import Area
from workorders.enums import Action
from workorders.models import BulkJob, BulkRow, Category
from workorders.selectors import reference
from workorders.services.actors import Actor
from workorders.services.transitions import KeyReusedError, apply

logger = logging.getLogger(__name__)
ROWS_AT_ONCE = 100  # of one look; the next look goes on
# Values of an act that are rows of the reference data, by the name they are kept under.
KINDS: dict[str, type[Any]] = {"department": Department, "area": Area, "category": Category}


def ask_bulk(
    *,
    actor: User,
    action: Action,
    carried: Mapping[str, Any],
    rows: Sequence[tuple[str, int | None]],
    at: datetime,
    key: str = "",
) -> BulkJob:
    """Put an act for many orders on the workers' list: (number, version seen or None) each.

    The same person's same key gives the first job again; raises KeyReusedError where that job
    was another one.
    """
    uuid = uuid5(NAMESPACE_URL, f"bulk:{actor.pk}:{key}") if key else uuid4()
    kept = {name: pack(value) for name, value in carried.items()}
    try:
        with transaction.atomic():
            job = BulkJob.objects.create(
                uuid=uuid, actor=actor, action=action, carried=kept, asked_at=at
            )
            BulkRow.objects.bulk_create(
                BulkRow(job=job, number=number, version=version) for number, version in rows
            )
            return job
    except IntegrityError:
        return _first_job(uuid, action, kept, rows)


def _first_job(
    uuid: UUID, action: Action, kept: dict[str, Any], rows: Sequence[tuple[str, int | None]]
) -> BulkJob:
    job = BulkJob.objects.get(uuid=uuid)
    asked = set(job.rows.values_list("number", "version"))
    if (job.action, job.carried, asked) != (action, kept, set(rows)):
        raise KeyReusedError(fields={"Idempotency-Key": ["已用于其他操作"]})
    return job


def work_bulk(*, limit: int = ROWS_AT_ONCE) -> int:
    """Do what is waiting, row by row; return how many rows were done or refused.

    A worker that dies leaves its row as it was, and the act undone with it.
    """
    count = 0
    while count < limit and _work_row():
        count += 1
    _finish_jobs(at=timezone.now())
    return count


@transaction.atomic
def _work_row() -> bool:
    row = (
        BulkRow.objects.filter(done_at__isnull=True)
        .select_related("job__actor")
        .order_by("job_id", "id")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if row is None:
        return False
    at = timezone.now()
    row.code, row.detail = _refusal(row, at)
    row.done_at = at
    row.save(update_fields=["done_at", "code", "detail"])
    return True


def _refusal(row: BulkRow, at: datetime) -> tuple[str, str]:
    """Act on one order with the rights that the person has now; give why it was refused."""
    job = row.job
    if not job.actor.is_active:
        return "actor_inactive", "操作人的账号已停用。"
    try:
        with transaction.atomic():
            apply(
                number=row.number,
                action=Action(job.action),
                actor=Actor.from_user(job.actor),
                at=at,
                carried={name: unpack(value) for name, value in job.carried.items()},
                version=row.version,
                key=f"bulk:{job.uuid}:{row.pk}"[:80],
            )
    except DomainError as error:
        return error.code[:40], error.detail[:200]
    except (OperationalError, InterfaceError):
        raise  # a lost connection or a deadlock: the next look tries again
    except Exception:
        # One order that breaks the code must not hold up all others for ever.
        logger.exception("bulk act %s failed on %s", job.uuid, row.number)
        return "server_error", "系统出错，已记录。"
    return "", ""


def _finish_jobs(*, at: datetime) -> None:
    waiting = BulkRow.objects.filter(job=OuterRef("pk"), done_at__isnull=True)
    BulkJob.objects.filter(~Exists(waiting), finished_at__isnull=True).update(finished_at=at)


def pack(value: Any) -> Any:
    """Bring a typed value of an act into JSON: rows of the reference data by their key."""
    for kind, model in KINDS.items():
        if isinstance(value, model):
            return {"kind": kind, "id": value.pk}
    if isinstance(value, datetime):
        return {"kind": "instant", "at": value.isoformat()}
    if isinstance(value, Mapping):
        return {"kind": "fields", "of": {name: pack(part) for name, part in value.items()}}
    return [pack(part) for part in value] if isinstance(value, list) else value


def unpack(value: Any) -> Any:
    """Give the typed value back; None for a row that is gone."""
    if isinstance(value, list):
        return [unpack(part) for part in value]
    if not isinstance(value, dict):
        return value
    match value["kind"]:
        case "fields":
            return {name: unpack(part) for name, part in value["of"].items()}
        case "instant":
            return datetime.fromisoformat(value["at"])
        case kind:
            finders = {name: getattr(reference(), name) for name in KINDS}
            return finders[kind](value["id"])
