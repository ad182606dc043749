"""What people do from the phone and the public page: a report or an act together with its photos.

Either all of it is kept, order, event and photos, or nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.enums import Right
from governance.lib.errors import ForbiddenError, InvalidError
from workorders.enums import Action, PhotoStage
from workorders.models import Channel, Photo, WorkOrder
from workorders.report import Report
from workorders.services.actors import Actor
from workorders.services.effects import Step
from workorders.services.intake import receive
from workorders.services.photos import store_photo, verify_photo
from workorders.services.transitions import apply, find_done, lock_undone


@dataclass(frozen=True)
class NewPhoto:
    """A file that came with a form, and `field`, the input to name where it is no photo."""

    file: UploadedFile
    stage: PhotoStage
    field: str = "photo"


def report_with_photos(
    *,
    report: Report,
    channel: Channel,
    at: datetime,
    photos: Sequence[NewPhoto],
    actor: Actor | None = None,
) -> tuple[WorkOrder, bool]:
    """Register a report and its photos; a repeat returns the first order and adds no photo.

    A person (`actor`) must hold the right to report somewhere; a resident needs none.
    """
    _check_may_report(actor)
    check_photos(photos)
    stored: list[Photo] = []
    with _files_follow_transaction(stored):
        order, is_new = receive(report=report, channel=channel, at=at, actor=actor)
        if is_new:
            _store(stored, order, photos, at, actor)
    return order, is_new


def report_and_self_handle(
    *,
    report: Report,
    channel: Channel,
    actor: Actor,
    at: datetime,
    photos: Sequence[NewPhoto],
    carried: Mapping[str, Any],
) -> tuple[WorkOrder, bool]:
    """Register what a grid worker found and has already put right, and close it (小事不出格)."""
    _check_may_report(actor)
    check_photos(photos)
    stored: list[Photo] = []
    with _files_follow_transaction(stored):
        order, is_new = receive(report=report, channel=channel, at=at, actor=actor)
        if is_new:
            _check_place_is_own(order, actor)
            _store(stored, order, photos, at, actor)
            order = apply(
                number=order.number, action=Action.SELF_HANDLE, actor=actor, at=at, carried=carried
            )
    return order, is_new


def act_with_photos(
    *,
    number: str,
    action: Action,
    actor: Actor,
    at: datetime,
    carried: Mapping[str, Any],
    photos: Sequence[NewPhoto],
    version: int | None = None,
    key: str = "",
) -> WorkOrder:
    """Apply an action together with the photos that prove it; see `transitions.apply`."""
    done = find_done(number=number, action=action, actor=actor, key=key)
    if done is not None:
        return done
    check_photos(photos)
    stored: list[Photo] = []
    with _files_follow_transaction(stored):
        steps = [Step(action, carried)]
        order, _, is_done = lock_undone(number=number, steps=steps, actor=actor, key=key)
        if is_done:
            return order
        _store(stored, order, photos, at, actor)
        return apply(
            number=number,
            action=action,
            actor=actor,
            at=at,
            carried=carried,
            version=version,
            key=key,
        )


def check_photos(photos: Sequence[NewPhoto]) -> None:
    """Refuse the whole form where one of its files is no photo, naming the input."""
    for photo in photos:
        try:
            verify_photo(file=photo.file)
        except InvalidError as error:
            words = [f"{photo.file.name}：{word}" for word in error.fields.get("photo", [])]
            raise InvalidError(fields={photo.field: words}) from error
        photo.file.seek(0)


def _check_may_report(actor: Actor | None) -> None:
    if actor is not None and not actor.scope.has_anywhere(Right.REPORT_ORDERS):
        raise ForbiddenError("您没有上报的权限。")


def _check_place_is_own(order: WorkOrder, actor: Actor) -> None:
    if not actor.scope.covers_place(Right.REPORT_ORDERS, order):
        raise ForbiddenError(
            "这个位置不在您的网格内，不能自行处置；请改用「提交」，由中心派发。",
            fields={"point": ["不在您的网格内，不能自行处置"]},
        )


def _store(
    stored: list[Photo],
    order: WorkOrder,
    photos: Sequence[NewPhoto],
    at: datetime,
    actor: Actor | None,
) -> None:
    user = actor.user if actor else None
    for photo in photos:
        stored.append(
            store_photo(order=order, file=photo.file, stage=photo.stage, at=at, uploaded_by=user)
        )


@contextmanager
def _files_follow_transaction(stored: list[Photo]) -> Iterator[None]:
    """Run a transaction; where it fails, delete the files it had written."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for photo in stored:
            photo.file.delete(save=False)
        raise
