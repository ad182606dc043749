"""Open data: an owner asks for a desensitised snapshot, looks at it, publishes and withdraws it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import OperationalError, transaction

from accounts.models import User
from datahub.columns import PlanError, read_plan
from datahub.enums import PublicationState, Treatment
from datahub.models import Publication, Resource
from datahub.querysets import Reader
from datahub.selectors import columns_of
from datahub.selectors.publications import may_be_opened
from datahub.services.desensitising import drop_files, path_of
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError

S = PublicationState
DRAFTS = (S.WAITING, S.PREPARED)


def ask_publication(
    *,
    resource: Resource,
    plan: Mapping[str, Mapping[str, Any]],
    description: str,
    licence: str,
    reader: Reader,
    by: User,
    at: datetime,
) -> Publication:
    """Have a snapshot prepared; a former draft of the resource gives way to it.

    `plan` has for a column's name its `treatment`, `size` and `is_quasi`. Raises ForbiddenError for
    people who do not decide for the owner, ConflictError for what may not be opened, InvalidError
    naming each column at fault.
    """
    _check_right(resource, reader)
    _check_openable(resource)
    if not licence:
        raise InvalidError("请写明使用许可。", fields={"licence": ["必填"]})
    try:
        steps = read_plan(columns_of(resource.schema), plan)
    except PlanError as error:
        raise InvalidError("各列的处理有误。", code="bad_plan", fields=error.fields) from error
    with transaction.atomic():
        locked = Resource.objects.select_for_update(of=("self",), no_key=True).get(pk=resource.pk)
        version = locked.schema
        assert version is not None  # noqa: S101  # for the type checker
        for draft in _locked(Publication.objects.filter(resource=locked, state__in=DRAFTS)):
            _withdraw(draft, by, at)
        return Publication.objects.create(
            uuid=uuid4(),
            resource=locked,
            schema=version,
            plan={
                step.column.name: {
                    "treatment": step.treatment.value,
                    "size": step.size,
                    "is_quasi": step.is_quasi,
                }
                for step in steps
                if step.treatment != Treatment.DROP
            },
            k=locked.open_k,
            description=description,
            licence=licence,
            asked_by=by,
            asked_at=at,
        )


def _check_right(resource: Resource, reader: Reader) -> None:
    if not reader.approves(resource):
        raise ForbiddenError("只有提供部门的审批人可以开放数据。")


def _check_openable(resource: Resource) -> None:
    if not may_be_opened(resource):
        raise ConflictError("不予共享、停用或没有登记数据结构的资源不能开放。")


@transaction.atomic
def publish_publication(
    *, publication: Publication, reader: Reader, by: User, at: datetime
) -> Publication:
    """Let everybody download a prepared snapshot; the one before gives way to it.

    Raises ConflictError where it is not prepared, or no longer fits the resource.
    """
    resource = Resource.objects.select_for_update(of=("self",), no_key=True).get(
        pk=publication.resource_id
    )
    _check_right(resource, reader)
    (found,) = _locked(Publication.objects.filter(pk=publication.pk))
    if found.state != S.PREPARED:
        raise ConflictError("只有脱敏完成、待发布的才能发布。")
    _check_openable(resource)
    if found.schema_id != resource.schema_id or found.k < resource.open_k:
        raise ConflictError("数据结构或最小群组已有变化，请重新提交。")
    for former in _locked(Publication.objects.filter(resource=resource, state=S.PUBLISHED)):
        former.state = S.REPLACED
        former.save(update_fields=["state"])
        drop_after_commit(former)
    found.state, found.published_by, found.published_at = S.PUBLISHED, by, at
    found.save(update_fields=["state", "published_by", "published_at"])
    return found


@transaction.atomic
def withdraw_publication(
    *, publication: Publication, reader: Reader, by: User, at: datetime
) -> Publication:
    """Take back what is published or prepared; its files go. Raises ConflictError for others."""
    _check_right(publication.resource, reader)
    (found,) = _locked(Publication.objects.filter(pk=publication.pk))
    if found.state not in (*DRAFTS, S.PUBLISHED):
        raise ConflictError("已经不再公开。")
    _withdraw(found, by, at)
    return found


def withdraw_unfit(*, resource: Resource, at: datetime) -> None:
    """Take back what new columns do not allow any more: what has become personal stays at home."""
    columns = columns_of(resource.schema)
    names = {column.name for column in columns}
    for one in Publication.objects.filter(resource=resource, state__in=(*DRAFTS, S.PUBLISHED)):
        try:
            read_plan(columns, {name: one.plan[name] for name in one.plan.keys() & names})
        except PlanError as error:
            if error.fields.keys() & names:
                _withdraw(one, None, at)


def _withdraw(one: Publication, by: User | None, at: datetime) -> None:
    one.state, one.withdrawn_by, one.withdrawn_at = S.WITHDRAWN, by, at
    one.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])
    drop_after_commit(one)


def drop_after_commit(one: Publication) -> None:
    transaction.on_commit(lambda: drop_files(one))


def _locked(found: Any) -> list[Publication]:
    """Lock publications; raise ConflictError while a worker prepares one of them."""
    try:
        return list(found.select_for_update(of=("self",), nowait=True).order_by("id"))
    except OperationalError as error:
        raise ConflictError("正在脱敏，请稍后再试。", code="preparing") from error


def file_of(publication: Publication, *, kind: str) -> Path | None:
    """Give the file of a prepared or published snapshot; None where it is not there."""
    path = path_of(publication, kind)
    return path if path.is_file() else None
