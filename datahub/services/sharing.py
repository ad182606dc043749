"""Sharing a resource with somebody: asked for, decided by its owner, ended by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from datahub.enums import ColumnType, RequestState, Sharing
from datahub.models import Resource, SharingRequest
from datahub.querysets import Reader
from datahub.selectors import columns_of
from datahub.selectors.readers import grants_of
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError
from grids.models import Area, Post

ROWS, PERSONAL = "view_rows", "view_personal_rows"
DAYS_LIMIT = 366
S = RequestState
NAMING = (ColumnType.TEXT, ColumnType.CODE)


@dataclass(frozen=True)
class AreaCut:
    """Which area's rows are asked for, by which column they name it, and which columns of them."""

    area: Area
    column: str
    columns: Sequence[str] = ()


def ask_sharing(
    *,
    resource: Resource,
    reader: Reader,
    by: User,
    purpose: str,
    is_personal: bool,
    ends_on: date,
    at: datetime,
    cut: AreaCut | None = None,
) -> SharingRequest:
    """Ask the owner for a resource; `is_personal` asks for personal columns as they are.

    With `cut` only the rows and columns of one area are asked for, for all who answer for it.

    Raises ForbiddenError for people without a post, ConflictError where nothing can be asked for
    or it has been already, InvalidError for a bad purpose or day.
    """
    _check_shareable(resource)
    if not (reader.is_known or reader.sees_everything):
        raise ForbiddenError("只有在岗人员可以申请。")
    if reader.reads_personal(resource) or (reader.reads_rows(resource) and not is_personal):
        raise ConflictError("您已经可以这样查看此资源，不需要申请。", code="has_right")
    if not purpose:
        raise InvalidError("请写明用途。", fields={"purpose": ["必填"]})
    if cut is not None:
        _check_cut(cut, resource, reader)
    _check_day("ends_on", ends_on, timezone.localdate(at) + timedelta(days=DAYS_LIMIT), at)
    request = SharingRequest(
        uuid=uuid4(),
        resource=resource,
        asked_by=by,
        unit=cut.area.name if cut else _unit_of(by),
        area=cut.area if cut else None,
        area_column=cut.column if cut else "",
        columns=list(cut.columns) if cut else [],
        purpose=purpose,
        is_personal=is_personal,
        ends_on=ends_on,
        asked_at=at,
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise ConflictError("您对此资源的申请还在等待审批。", code="waiting") from error
    return request


def read_cut(*, area: str, column: str, columns: Sequence[str]) -> AreaCut | None:
    """Read what people write for an area's share; None where they name no area."""
    if not area:
        return None
    found = Area.objects.filter(code=area, is_active=True).first()
    if found is None:
        raise InvalidError(fields={"area": ["没有这个区域"]})
    return AreaCut(found, column, columns)


def _check_cut(cut: AreaCut, resource: Resource, reader: Reader) -> None:
    if cut.area.pk not in reader.receiving_areas:
        raise InvalidError(fields={"area": ["只能申请返还到您负责的街道或社区"]})
    columns = {column.name: column for column in columns_of(resource.schema)}
    column = columns.get(cut.column)
    if column is None or column.type not in NAMING:
        raise InvalidError(fields={"area_column": ["须为写有区域编码或名称的文本列"]})
    if unknown := sorted(set(cut.columns) - columns.keys()):
        raise InvalidError(fields={"columns": [f"没有列 {'、'.join(unknown)}"]})
    same = SharingRequest.objects.filter(resource=resource, area=cut.area, state=S.APPROVED)
    if same.exists():
        raise ConflictError("此资源已经返还到这个区域，到期前不需要再申请。", code="has_right")


def _check_shareable(resource: Resource) -> None:
    if resource.sharing == Sharing.WITHHELD:
        raise ConflictError("此资源不予共享，不能申请。", code="withheld")
    if not resource.is_active or resource.schema_id is None:
        raise ConflictError("此资源已停用或还没有数据结构。", code="not_active")


def _check_day(field: str, day: date, latest: date, at: datetime) -> None:
    if not timezone.localdate(at) <= day <= latest:
        words = f"须在今天到 {latest.isoformat()} 之间"
        raise InvalidError(f"日期{words}。", fields={field: [words]})


def _unit_of(user: User) -> str:
    """Name where a person works, as it is now."""
    posts = Post.objects.filter(user=user, granted_at__isnull=False, revoked_at__isnull=True)
    post = posts.select_related("department", "area").order_by("id").first()
    if post is None:
        return "—"
    return (post.department or post.area).name[:120]  # type: ignore[union-attr]


@transaction.atomic
def approve_sharing(
    *,
    request: SharingRequest,
    reader: Reader,
    by: User,
    granted_until: date,
    at: datetime,
    answer: str = "",
) -> SharingRequest:
    """Grant what was asked for, until a day that may be earlier than asked.

    Raises ForbiddenError for people who do not decide for the owner, ConflictError for a request
    that was decided already or cannot be granted any more.
    """
    request = _locked_to_decide(request, reader, by)
    _check_shareable(request.resource)
    if not request.asked_by.is_active or not _has_post(request.asked_by):
        raise ConflictError("申请人已不在岗，不能授权。", code="no_post")
    _check_day("granted_until", granted_until, request.ends_on, at)
    if request.area_id is None:  # what goes to an area is no right of a person to all rows
        _grant(request)
    request.granted_until = granted_until
    return _decided(request, S.APPROVED, by, answer, at)


def _grant(request: SharingRequest) -> None:
    _note_what_was_held(request)
    assign_perm(ROWS, request.asked_by, request.resource)
    if request.is_personal:
        assign_perm(PERSONAL, request.asked_by, request.resource)


def _note_what_was_held(request: SharingRequest) -> None:
    """Keep in mind what the person holds by another hand, and keeps when this grant ends."""
    held, others = grants_of(request.asked_by), _others(request)
    is_new = not others.exists()
    request.had_rows = request.resource_id in held[ROWS] and (
        is_new or others.filter(had_rows=True).exists()
    )
    personal = others.filter(is_personal=True)
    request.had_personal = request.resource_id in held[PERSONAL] and (
        not personal.exists() or personal.filter(had_personal=True).exists()
    )


@transaction.atomic
def refuse_sharing(
    *, request: SharingRequest, reader: Reader, by: User, answer: str, at: datetime
) -> SharingRequest:
    """Refuse with a reason."""
    request = _locked_to_decide(request, reader, by)
    if not answer:
        raise InvalidError("请写明不同意的理由。", fields={"answer": ["必填"]})
    return _decided(request, S.REFUSED, by, answer, at)


@transaction.atomic
def withdraw_sharing(*, request: SharingRequest, by: User, at: datetime) -> SharingRequest:
    """Take back one's own request that nobody has decided."""
    request = _locked(request)
    if request.asked_by_id != by.pk:
        raise ForbiddenError("只有申请人可以撤回。")
    if request.state != S.WAITING:
        raise ConflictError("这件申请已经审批，不能撤回。")
    return _ended(request, S.WITHDRAWN, "申请人撤回", at)


@transaction.atomic
def revoke_sharing(
    *, request: SharingRequest, reader: Reader, by: User, reason: str, at: datetime
) -> SharingRequest:
    """End a grant before its day; raises ConflictError where none is in force."""
    request = _locked(request)
    if not reader.approves(request.resource):
        raise ForbiddenError("只有提供部门可以收回授权。")
    if request.state != S.APPROVED:
        raise ConflictError("没有可收回的授权。")
    if not reason:
        raise InvalidError("请写明收回的理由。", fields={"reason": ["必填"]})
    return _ended(request, S.REVOKED, f"{by.name}：{reason}", at)


def end_due_sharing(*, at: datetime, user: User | None = None) -> int:
    """End the grants whose day is over, and those of people without a post; count them.

    Everybody who reads ends their own first, so that no right outlives its day by a dead worker.
    """
    due = _due(at)
    due = due.filter(asked_by=user) if user is not None else due
    count = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            found = _due(at).select_for_update(of=("self",), skip_locked=True).filter(pk=pk)
            for request in found.select_related("resource", "asked_by"):
                until = request.granted_until
                is_over = until is not None and until < timezone.localdate(at)
                _ended(request, S.ENDED, "授权到期" if is_over else "申请人不再在岗", at)
                count += 1
    return count


def _due(at: datetime) -> QuerySet[SharingRequest]:
    posts = Post.objects.filter(
        user=OuterRef("asked_by"), granted_at__isnull=False, revoked_at__isnull=True
    )
    # What goes to an area stays with those who answer for it, whoever has asked.
    no_post = Q(~Exists(posts), asked_by__is_superuser=False, area__isnull=True)
    over = Q(granted_until__lt=timezone.localdate(at)) | no_post
    return SharingRequest.objects.filter(over, state=S.APPROVED)


def _has_post(user: User) -> bool:
    posts = Post.objects.filter(user=user, granted_at__isnull=False, revoked_at__isnull=True)
    return user.is_superuser or posts.exists()


def _locked(request: SharingRequest) -> SharingRequest:
    rows = SharingRequest.objects.select_related("resource", "asked_by")
    return rows.select_for_update(of=("self",)).get(pk=request.pk)


def _locked_to_decide(request: SharingRequest, reader: Reader, by: User) -> SharingRequest:
    request = _locked(request)
    if not reader.approves(request.resource):
        raise ForbiddenError("只有提供部门可以审批。")
    if request.asked_by_id == by.pk:
        raise ForbiddenError("不能审批自己的申请。")
    if request.state != S.WAITING:
        raise ConflictError(f"这件申请的状态是“{S(request.state).label}”，不能再审批。")
    return request


def _decided(
    request: SharingRequest, state: RequestState, by: User, answer: str, at: datetime
) -> SharingRequest:
    request.state, request.answer = state, answer
    request.decided_by, request.decided_at = by, at
    request.save()
    return request


def _ended(
    request: SharingRequest, state: RequestState, ending: str, at: datetime
) -> SharingRequest:
    was_granted = request.state == S.APPROVED
    request.state, request.ending, request.ended_at = state, ending[:200], at
    request.save(update_fields=["state", "ending", "ended_at"])
    if was_granted and request.area_id is None:
        _take_back(request)
    return request


def _take_back(request: SharingRequest) -> None:
    """Take from the person what no other grant of theirs still gives."""
    others = _others(request)
    if not request.had_rows and not others.exists():
        remove_perm(ROWS, request.asked_by, request.resource)
    is_last = not others.filter(is_personal=True).exists()
    if request.is_personal and not request.had_personal and is_last:
        remove_perm(PERSONAL, request.asked_by, request.resource)


def _others(request: SharingRequest) -> QuerySet[SharingRequest]:
    return SharingRequest.objects.filter(
        resource=request.resource_id, asked_by=request.asked_by_id, state=S.APPROVED, area=None
    ).exclude(pk=request.pk)
