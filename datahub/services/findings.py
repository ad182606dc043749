"""What people and orders do with findings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from datahub.enums import FindingState
from datahub.models import CrossCheck, Finding
from datahub.querysets import Reader
from datahub.selectors.findings import Shown, decides, show_finding
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError

S = FindingState


@transaction.atomic
def dismiss_finding(
    *, finding: Finding, reader: Reader, by: User, reason: str, at: datetime
) -> Finding:
    """Say that a finding is none, and why; raises ConflictError for one that is closed already."""
    found = _locked(finding, reader)
    if not reason:
        raise InvalidError("请写明排除的理由。", fields={"reason": ["必填"]})
    if found.state != S.OPEN:
        raise ConflictError(f"此疑点的状态是“{S(found.state).label}”，不能排除。")
    found.state, found.reason = S.DISMISSED, reason[:200]
    found.dismissed_by, found.dismissed_at = by, at
    found.save(update_fields=["state", "reason", "dismissed_by", "dismissed_at"])
    return found


@transaction.atomic
def restore_finding(*, finding: Finding, reader: Reader) -> Finding:
    """Take a dismissal back; the next run closes what is there no more."""
    found = _locked(finding, reader)
    if found.state != S.DISMISSED:
        raise ConflictError("此疑点没有被排除。")
    found.state, found.reason = S.ORDERED if found.order_number else S.OPEN, ""
    found.dismissed_by = found.dismissed_at = None
    found.save(update_fields=["state", "reason", "dismissed_by", "dismissed_at"])
    return found


def _locked(finding: Finding, reader: Reader) -> Finding:
    found = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if not decides(finding=found, reader=reader):
        raise ForbiddenError("只有提供部门，或本地区的调度、督办人员可以排除疑点。")
    return found


@transaction.atomic
def reveal_finding(
    *, finding: Finding, reader: Reader, by: User, purpose: str, address: str | None, at: datetime
) -> Shown:
    """Show a finding with its rows unmasked and write down who looked, and why.

    Raises ForbiddenError for people who may not see personal data of every resource of it.
    """
    if not purpose:
        raise InvalidError("请写明查看个人信息的事由。", fields={"purpose": ["必填"]})
    shown = show_finding(finding=finding, reader=reader, is_masked=False)
    record_access(
        kind=AccessKind.PERSONAL_VIEWED,
        at=at,
        user=by,
        address=address,
        subject=f"cross-check {finding.cross_check.code}",
        purpose=f"{purpose[:150]}（疑点 {finding.pk}）",
    )
    return shown


def record_findings_export(
    *, check: CrossCheck, by: User, address: str | None, at: datetime
) -> None:
    """Write down who takes the findings of a check away."""
    record_access(
        kind=AccessKind.EXPORTED,
        at=at,
        user=by,
        address=address,
        subject=f"cross-check {check.code}",
        purpose="导出疑点清单（个人信息已遮盖）",
    )


def note_order(*, finding: Finding, number: str, at: datetime) -> bool:
    """Keep the order that was opened for a finding; false where somebody was faster."""
    waiting = Finding.objects.filter(pk=finding.pk, state=S.OPEN, order_number="")
    return bool(waiting.update(state=S.ORDERED, order_number=number, ordered_at=at))


def note_order_state(*, endings: Mapping[str, tuple[datetime, str] | None]) -> int:
    """Keep when and how orders have ended, by number; None for one that goes on again."""
    count = 0
    for number, ending in endings.items():
        ended_at, words = ending or (None, "")
        kept: dict[str, Any] = {"order_ended_at": ended_at, "order_ending": words[:40]}
        count += Finding.objects.filter(order_number=number).update(**kept)
    return count
