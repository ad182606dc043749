"""Photos that come in pieces: announced, continued where they were cut, attached once.

A record names its photos by uuid, size and hash. Photos of a report follow it and join it one by
one; photos that prove an act come first, and the act takes them along or takes nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from accounts.enums import Right
from accounts.models import User
from governance.lib.errors import ConflictError, ForbiddenError, InvalidError
from governance.lib.uploads import (
    OffsetError,
    UploadDiffersError,
    WrongHashError,
    check_piece,
    uuid_taken,
)
from workorders.enums import PhotoStage
from workorders.models import Photo, PhotoUpload, UploadPiece, WorkOrder
from workorders.selectors.uploads import Progress, find_progress, progress_of, upload_progress
from workorders.services.actors import Actor
from workorders.services.photos import (
    PHOTO_COUNT_LIMIT,
    files_follow_transaction,
    store_photo,
    verify_photo,
)

OPEN_LIMIT = 600  # photos that one person may have under way: days without signal
OPEN_BYTES_LIMIT = 400 * 1024 * 1024
KEPT = timedelta(days=14)  # without any progress


class PhotosMissingError(ConflictError):
    code = "photos_missing"

    def __init__(self, missing: Sequence[UUID]) -> None:
        uuids = [str(uuid) for uuid in missing]
        words = f"还有 {len(uuids)} 张照片没有传完。"
        super().__init__(words, fields={"photos": uuids}, extra={"missing": uuids})


class TooManyUploadsError(ConflictError):
    code = "too_many_uploads"
    detail = "未传完的照片过多，请等前面的传完再试。"


@dataclass(frozen=True)
class AnnouncedPhoto:
    """A photo that a phone is going to send: its own uuid, what it shows, its size and SHA-256."""

    uuid: UUID
    stage: PhotoStage
    size: int
    sha256: str


def announce_upload(*, photo: AnnouncedPhoto, actor: Actor, at: datetime) -> Progress:
    """Announce a photo for an act to come; the same one again tells how far it is.

    Raises ForbiddenError without a right to report or handle, InvalidError for a uuid that is
    another's or a photo too large, ConflictError where the same uuid was announced differently.
    """
    rights = (Right.REPORT_ORDERS, Right.HANDLE_ORDERS)
    if not any(actor.scope.has_anywhere(right) for right in rights):
        raise ForbiddenError("您的岗位没有上传照片的权限。")
    return _announce(photo, _person(actor), None, at)


def expect_uploads(
    *,
    order: WorkOrder,
    photos: Sequence[AnnouncedPhoto],
    actor: Actor,
    at: datetime,
    stored: list[Photo],
) -> list[Progress]:
    """Announce the photos of a report, which join it as they come; those complete join at once.

    Call inside the transaction that registers it; `stored` takes up the photos that have joined.
    """
    if len(photos) > PHOTO_COUNT_LIMIT:
        raise InvalidError(fields={"photos": [f"每张工单最多 {PHOTO_COUNT_LIMIT} 张照片"]})
    return [_expect(order, photo, _person(actor), at, stored) for photo in photos]


def _expect(
    order: WorkOrder, photo: AnnouncedPhoto, owner: User, at: datetime, stored: list[Photo]
) -> Progress:
    progress = _announce(photo, owner, order, at)
    upload = PhotoUpload.objects.select_for_update().filter(uuid=photo.uuid).first()
    if upload is None:
        if not order.photos.filter(uuid=photo.uuid).exists():
            raise uuid_taken()
        return progress
    if upload.order_id is None:
        # It was announced for an act that the person has made into a report.
        upload.order = order
        upload.save(update_fields=["order"])
    elif upload.order_id != order.pk:
        raise uuid_taken()
    if not upload.is_complete:
        return progress
    stored.append(_attach(upload, order, _joined(upload), at))
    return Progress(photo.uuid, photo.size, photo.size, is_attached=True)


def _person(actor: Actor) -> User:
    assert actor.user is not None  # noqa: S101  # only people send photos in pieces
    return actor.user


def _announce(
    photo: AnnouncedPhoto, owner: User, order: WorkOrder | None, at: datetime
) -> Progress:
    known = find_progress(uuid=photo.uuid, owner=owner)
    if known is not None:
        return _same(photo, known)
    _check_size(photo.size)
    _check_amount(owner)
    try:
        with transaction.atomic():
            return progress_of(_new_upload(photo, owner, order, at))
    except IntegrityError as error:
        # Announced on a second connection, or another person's.
        known = find_progress(uuid=photo.uuid, owner=owner)
        if known is None:
            raise uuid_taken() from error
        return _same(photo, known)


def _new_upload(
    photo: AnnouncedPhoto, owner: User, order: WorkOrder | None, at: datetime
) -> PhotoUpload:
    if Photo.objects.filter(uuid=photo.uuid).exists():
        raise uuid_taken()
    return PhotoUpload.objects.create(
        uuid=photo.uuid, owner=owner, order=order, stage=photo.stage, sha256=photo.sha256,
        size=photo.size, touched_at=at,
    )  # fmt: skip


def _same(photo: AnnouncedPhoto, known: Progress) -> Progress:
    model: type[Photo] | type[PhotoUpload] = Photo if known.is_attached else PhotoUpload
    first = model.objects.values_list("size", "sha256").get(uuid=photo.uuid)
    if first != (photo.size, photo.sha256):
        raise UploadDiffersError
    return known


def _check_size(size: int) -> None:
    limit = settings.PHOTO_BYTES_LIMIT
    if size > limit:
        raise InvalidError(
            code="photo_too_large", fields={"size": [f"照片超过 {limit // 1024 // 1024} MB"]}
        )


def _check_amount(owner: User) -> None:
    found = PhotoUpload.objects.filter(owner=owner).aggregate(n=Count("pk"), held=Sum("received"))
    if found["n"] >= OPEN_LIMIT or (found["held"] or 0) >= OPEN_BYTES_LIMIT:
        raise TooManyUploadsError()


def append_piece(*, uuid: UUID, owner: User, offset: int, content: bytes, at: datetime) -> Progress:
    """Keep the next bytes of a photo; with the last ones check it and attach it to its report.

    Raises NotFoundError for what is not the owner's, OffsetError for bytes that do not follow,
    WrongHashError or InvalidError for a photo that is damaged or none; it then begins anew.
    """
    stored: list[Photo] = []
    with files_follow_transaction(stored):
        upload = PhotoUpload.objects.select_for_update().filter(uuid=uuid, owner=owner).first()
        if upload is None:
            return _gone(uuid, owner, offset)
        _keep(upload, offset, content, at)
        fault = _finish(upload, stored, at)
    if fault is not None:
        raise fault
    return Progress(upload.uuid, upload.received, upload.size, is_attached=bool(stored))


def _gone(uuid: UUID, owner: User, offset: int) -> Progress:
    """Answer a piece of a photo that is complete and attached already."""
    progress = upload_progress(uuid=uuid, owner=owner)
    if offset != progress.offset:
        raise OffsetError(progress.offset)
    return progress


def _keep(upload: PhotoUpload, offset: int, content: bytes, at: datetime) -> None:
    check_piece(offset=offset, content=content, received=upload.received, size=upload.size)
    if content:
        UploadPiece.objects.create(upload=upload, offset=offset, content=content)
    upload.received += len(content)
    upload.touched_at = at
    upload.save(update_fields=["received", "touched_at"])


def _finish(upload: PhotoUpload, stored: list[Photo], at: datetime) -> InvalidError | None:
    """Check a complete photo and attach it; what is wrong with it is returned, to be kept.

    Raising would take back that the photo begins anew.
    """
    if not upload.is_complete:
        return None
    try:
        file = _joined(upload)
        verify_photo(file=file)
        if upload.order is not None:
            file.seek(0)
            stored.append(_attach(upload, upload.order, file, at))
    except InvalidError as error:
        upload.pieces.all().delete()
        upload.received = 0
        upload.save(update_fields=["received"])
        return error
    return None


def _joined(upload: PhotoUpload) -> SimpleUploadedFile:
    pieces = upload.pieces.order_by("offset").values_list("content", flat=True)
    content = b"".join(bytes(piece) for piece in pieces)
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        raise WrongHashError(fields={"sha256": ["与内容不符"]})
    return SimpleUploadedFile("photo", content)


def _attach(upload: PhotoUpload, order: WorkOrder, file: SimpleUploadedFile, at: datetime) -> Photo:
    photo = store_photo(
        order=order, file=file, stage=PhotoStage(upload.stage), at=at, uploaded_by=upload.owner,
        uuid=upload.uuid,
    )  # fmt: skip
    upload.delete()
    return photo


def attach_uploads(
    *, order: WorkOrder, uuids: Sequence[UUID], actor: Actor, at: datetime, stored: list[Photo]
) -> None:
    """Attach complete uploads of a person to a locked order, in the transaction of the act.

    `stored` takes up the photos, whose files go if the transaction fails. Raises
    PhotosMissingError naming those that are not here in full.
    """
    owner = _person(actor)
    rows = PhotoUpload.objects.select_for_update().filter(uuid__in=uuids, owner=owner, order=None)
    found = {row.uuid: row for row in rows if row.is_complete}
    if missing := [uuid for uuid in uuids if uuid not in found]:
        raise PhotosMissingError(missing)
    for uuid in dict.fromkeys(uuids):
        stored.append(_attach(found[uuid], order, _joined(found[uuid]), at))


def drop_abandoned_uploads(*, at: datetime) -> int:
    """Delete uploads that nobody has gone on with for two weeks; return how many.

    A phone that comes back later announces them again and begins anew.
    """
    _, deleted = PhotoUpload.objects.filter(touched_at__lt=at - KEPT).delete()
    return deleted.get(PhotoUpload._meta.label, 0)
