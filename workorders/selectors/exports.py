"""Reads for exports: one's own lists, and the rows of a spreadsheet, masked."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from governance.lib.errors import NotFoundError
from governance.lib.masking import mask_text
from grids.selectors import Scope
from workorders.models import ExportJob, WorkOrder

LISTED = 10
JOINS = (
    "channel", "category", "street", "community", "grid", "department", "holder_area", "reporter",
)  # fmt: skip


def own_exports(*, user: User) -> list[ExportJob]:
    """List the newest exports of a person."""
    return list(ExportJob.objects.filter(actor=user).defer("order_ids").order_by("-id")[:LISTED])


def own_export(*, uuid: UUID, user: User) -> ExportJob:
    """Read one's own export; raise NotFoundError for that of somebody else."""
    job = ExportJob.objects.filter(uuid=uuid, actor=user).defer("order_ids").first()
    if job is None:
        raise NotFoundError("没有这个导出，或它不是您提交的。")
    return job


def export_rows(*, ids: Sequence[int], scope: Scope) -> list[list[Any]]:
    """Read orders as rows of values, in the given order; what the scope does not show is left out.

    Telephones, identity numbers and names are masked for everybody.
    """
    orders = WorkOrder.objects.visible_to(scope).filter(pk__in=ids).select_related(*JOINS)
    by_id = {order.pk: order for order in orders}
    return [_values(by_id[pk]) for pk in ids if pk in by_id]


def _values(order: WorkOrder) -> list[Any]:
    return [read(order) for _, _, read in COLUMNS]


def _wall(at: datetime | None) -> datetime | None:
    # Spreadsheets know no time zones: the district's own time is written.
    return timezone.localtime(at).replace(tzinfo=None) if at else None


def _name(row: Any) -> str:
    return str(row.name) if row is not None else ""


def _reporter(order: WorkOrder, field: str) -> str:
    return str(getattr(getattr(order, "reporter", None), field, ""))


Reading = Callable[[WorkOrder], Any]
# Heading, width in characters, value.
COLUMNS: tuple[tuple[str, int, Reading], ...] = (
    ("工单号", 17, lambda order: order.number),
    ("状态", 9, lambda order: order.get_state_display()),
    ("紧急程度", 9, lambda order: order.get_urgency_display()),
    ("性质", 9, lambda order: order.get_nature_display()),
    ("类别", 16, lambda order: _name(order.category)),
    ("标题", 36, lambda order: mask_text(order.title)),
    ("内容", 60, lambda order: mask_text(order.text)),
    ("街道", 12, lambda order: _name(order.street)),
    ("社区", 14, lambda order: _name(order.community)),
    ("网格", 16, lambda order: _name(order.grid)),
    ("地址", 30, lambda order: mask_text(order.address)),
    ("渠道", 12, lambda order: order.channel.name),
    ("渠道编号", 20, lambda order: order.external_number),
    ("承办", 22, lambda order: _name(order.holder_area or order.department)),
    ("诉求人", 9, lambda order: _reporter(order, "name_masked")),
    ("电话", 14, lambda order: _reporter(order, "phone_masked")),
    ("登记时间", 17, lambda order: _wall(order.registered_at)),
    ("受理时间", 17, lambda order: _wall(order.accepted_at)),
    ("当前时限", 17, lambda order: _wall(order.due_at)),
    ("办理完成", 17, lambda order: _wall(order.resolved_at)),
    ("办结时间", 17, lambda order: _wall(order.closed_at)),
    ("办理超期", 9, lambda order: "是" if order.is_overdue else "否"),
    ("退回次数", 9, lambda order: order.return_count),
    ("重新办理次数", 12, lambda order: order.reopen_count),
    ("办理结果", 50, lambda order: mask_text(order.result)),
)
