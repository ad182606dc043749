"""What people do from the phone and the public page: a report or an act together with its photos.

Either all of it is kept, order, event and photos, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from accounts.enums import Right
from governance.lib.errors import ForbiddenError, InvalidError
from workorders.enums import Action, PhotoStage
from workorders.models import Channel, Event, Photo, WorkOrder
from workorders.report import Report
from workorders.services.actors import Actor
from workorders.services.effects import Step
from workorders.services.intake import receive
from workorders.services.photos import files_follow_transaction, store_photo, verify_photo
from workorders.services.transitions import apply, apply_steps, find_done, lock_undone
from workorders.services.uploads import AnnouncedPhoto, attach_uploads, expect_uploads


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
    with files_follow_transaction(stored):
        order, is_new = (
            receive_own(report=report, channel=channel, actor=actor, at=at)
            if actor
            else receive(report=report, channel=channel, at=at)
        )
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
    with files_follow_transaction(stored):
        order, is_new = receive_own(report=report, channel=channel, actor=actor, at=at)
        if is_new:
            _check_place_is_own(order, actor)
            _store(stored, order, photos, at, actor)
            order = apply(
                number=order.number, action=Action.SELF_HANDLE, actor=actor, at=at, carried=carried
            )
    return order, is_new


def report_with_uploads(
    *,
    report: Report,
    channel: Channel,
    actor: Actor,
    at: datetime,
    photos: Sequence[AnnouncedPhoto],
) -> tuple[WorkOrder, bool]:
    """Register a report whose photos follow in pieces; a repeat announces only what is new."""
    _check_may_report(actor)
    stored: list[Photo] = []
    with files_follow_transaction(stored):
        order, is_new = receive_own(report=report, channel=channel, actor=actor, at=at)
        expect_uploads(order=order, photos=photos, actor=actor, at=at, stored=stored)
    return order, is_new


def self_handle_with_uploads(
    *,
    report: Report,
    channel: Channel,
    actor: Actor,
    at: datetime,
    photos: Sequence[UUID],
    carried: Mapping[str, Any],
) -> tuple[WorkOrder, bool]:
    """Register and close what was put right on the spot, with photos that are here in full."""
    _check_may_report(actor)
    stored: list[Photo] = []
    with files_follow_transaction(stored):
        order, is_new = receive_own(report=report, channel=channel, actor=actor, at=at)
        if is_new:
            _check_place_is_own(order, actor)
            attach_uploads(order=order, uuids=photos, actor=actor, at=at, stored=stored)
            step = Step(Action.SELF_HANDLE, carried, device=report.device)
            order = apply_steps(number=order.number, steps=[step], actor=actor, at=at)
    return order, is_new


def receive_own(
    *, report: Report, channel: Channel, actor: Actor, at: datetime
) -> tuple[WorkOrder, bool]:
    """Register a person's report; a repeat must be the same person's."""
    order, is_new = receive(report=report, channel=channel, at=at, actor=actor)
    if not is_new and not is_reported_by(order=order, actor=actor):
        raise InvalidError(
            "这个记录编号已被使用。", code="uuid_taken", fields={"record_uuid": ["已被使用"]}
        )
    return order, is_new


def is_reported_by(*, order: WorkOrder, actor: Actor) -> bool:
    """Tell whether the order was registered by this person."""
    first = Event.objects.filter(order=order, action=Action.REGISTER, actor=actor.user)
    return actor.user is not None and first.exists()


def act_with_uploads(
    *,
    number: str,
    steps: Sequence[Step],
    actor: Actor,
    at: datetime,
    photos: Sequence[UUID],
    version: int | None = None,
    key: str = "",
) -> WorkOrder:
    """Apply actions in one go and take along the photos that prove them, here in full."""
    if not photos:
        return apply_steps(number=number, steps=steps, actor=actor, at=at, version=version, key=key)
    done = find_done(number=number, action=steps[0].action, actor=actor, key=key)
    if done is not None:
        return done
    stored: list[Photo] = []
    with files_follow_transaction(stored):
        order, _, is_done = lock_undone(number=number, steps=steps, actor=actor, key=key)
        if is_done:
            return order
        attach_uploads(order=order, uuids=photos, actor=actor, at=at, stored=stored)
        return apply_steps(number=number, steps=steps, actor=actor, at=at, version=version, key=key)


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
    with files_follow_transaction(stored):
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
