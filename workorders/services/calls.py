"""Calls that dispatchers take themselves: the draft while somebody speaks, then the order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.enums import AccessKind, Right
from accounts.models import User
from accounts.services import record_access
from governance.lib import crypto
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError
from governance.lib.masking import mask_phone
from governance.lib.rotation import renew_each
from workorders.enums import Action
from workorders.models import CallDraft, Channel, KnowledgeEntry, WorkOrder
from workorders.report import Report
from workorders.selectors.calls import orders_of_caller, registered_call
from workorders.services.actors import Actor
from workorders.services.reports import receive_own
from workorders.services.transitions import apply

MOST_DRAFTS = 20  # of one person
LONGEST_DRAFT = 40_000  # characters of all that was typed
KEPT = timedelta(days=7)
ASKED_PURPOSE = "登记来电时查来电人以往工单"


@dataclass(frozen=True)
class CallAnswer:
    """What a caller was told, and the entry of the knowledge base that it is from."""

    text: str
    entry: KnowledgeEntry | None = None


def register_call(
    *, report: Report, channel: Channel, actor: Actor, at: datetime
) -> tuple[WorkOrder, bool]:
    """Register a call that somebody took, and drop its draft; a repeat gives the first order.

    The place may be anywhere in the district: who rings does not know whose street it is. Raises
    ForbiddenError without the right to accept orders somewhere, InvalidError naming the field.
    """
    with transaction.atomic():
        user = _registrar(actor)
        order, is_new = receive_own(report=report, channel=channel, actor=actor, at=at)
        CallDraft.objects.filter(user=user, uuid=report.external_number).delete()
    return order, is_new


def answer_call(
    *,
    report: Report,
    channel: Channel,
    actor: Actor,
    at: datetime,
    answer: CallAnswer,
) -> tuple[WorkOrder, bool]:
    """Register a call that needs no handling and close it with its answer (直接答复), or neither.

    A repeat answers nothing again.
    """
    with transaction.atomic():
        order, is_new = register_call(report=report, channel=channel, actor=actor, at=at)
        if is_new and not actor.scope.covers_place(Right.DISPATCH_ORDERS, order):
            raise InvalidError(
                "地点不明或不在您的辖区，不能直接答复；可以先登记。",
                fields={"address": ["直接答复须在您的辖区内"]},
            )
        if is_new:
            carried = {"answer": answer.text, "entry": answer.entry}
            order = apply(
                number=order.number, action=Action.ANSWER, actor=actor, at=at, carried=carried
            )
    return order, is_new


def keep_draft(
    *, actor: Actor, uuid: UUID, typed: Mapping[str, str], turn: int, at: datetime
) -> None:
    """Keep what was typed of a call so far.

    Raises ConflictError for a save older than the one kept, such as of another page that shows the
    same draft, and for a call that is registered already; then nothing is written.
    """
    user = _registrar(actor)
    content = json.dumps(dict(typed), ensure_ascii=False)
    if len(content) > LONGEST_DRAFT:
        raise InvalidError("内容过长，没有保存。", fields={"text": ["内容过长"]})
    kept = {"content_cipher": crypto.encrypt(content), "turn": turn, "saved_at": at}
    own = CallDraft.objects.filter(user=user, uuid=uuid)
    if own.filter(turn__lt=turn).update(**kept):
        return
    if own.exists():
        raise ConflictError("这份草稿在另一个页面上有更新的内容。", code="stale_draft")
    if registered_call(uuid=uuid, user=user) is not None:
        raise ConflictError("这通来电已经登记，不再保存。", code="registered")
    if CallDraft.objects.filter(user=user).count() >= MOST_DRAFTS:
        raise ConflictError(f"未登记的来电已有 {MOST_DRAFTS} 条，请先登记或删除。", code="too_many")
    try:
        with transaction.atomic():
            CallDraft.objects.create(user=user, uuid=uuid, begun_at=at, **kept)
    except IntegrityError as error:
        raise ConflictError("这个编号已被使用，请重新打开登记页。", code="uuid_taken") from error


def drop_draft(*, actor: Actor, uuid: UUID) -> None:
    """Throw away one's own draft, such as of a wrong number."""
    CallDraft.objects.filter(user=_registrar(actor), uuid=uuid).delete()


def drop_old_drafts(*, at: datetime) -> int:
    """Delete the drafts that nobody went on with; they hold personal data."""
    return CallDraft.objects.filter(saved_at__lt=at - KEPT).delete()[0]


def look_up_caller(
    *, phone: str, actor: Actor, at: datetime, address: str | None
) -> list[WorkOrder]:
    """Find the earlier orders of a telephone; who asked, and what was shown, goes on record."""
    user = _registrar(actor)
    found = orders_of_caller(phone=phone, scope=actor.scope)
    # By order, as any other look at its person is found; a number without any by itself.
    subjects = [order.number for order in found] or [mask_phone(phone)]
    for subject in subjects:
        record_access(
            kind=AccessKind.PERSONAL_VIEWED, at=at, user=user, address=address,
            subject=subject, purpose=f"{ASKED_PURPOSE}（{mask_phone(phone)}）",
        )  # fmt: skip
    return found


def _registrar(actor: Actor) -> User:
    if actor.user is None or not actor.scope.has_anywhere(Right.DISPATCH_ORDERS):
        raise ForbiddenError("您没有登记来电的权限。")
    return actor.user


def rotate_draft_keys() -> int:
    """Rewrite every draft under the newest key; return how many were rewritten."""
    return renew_each(CallDraft.objects.all(), _renew)


def _renew(draft: CallDraft) -> None:
    draft.content_cipher = crypto.rotate(draft.content_cipher)
    draft.save(update_fields=["content_cipher"])
