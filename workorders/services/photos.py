"""Photos: verified to be what they claim, named by their content, never by the sender's name."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

import magic
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from accounts.enums import Right
from accounts.models import User
from governance.lib.errors import ForbiddenError, InvalidError
from workorders.enums import PhotoStage
from workorders.models import Photo, WorkOrder
from workorders.services.actors import Actor

TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
APPLE_TYPES = ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence")
HEIC_WORDS = "是 HEIC 照片，打不开；请在手机的相机设置里改选「兼容性最佳」（JPEG）后重拍"
TURNED = (5, 6, 7, 8)  # orientations of EXIF that show a photo lying on its side
ORIENTATION = 0x0112
# What decoding may cost: a JPEG is decoded at an eighth of its size, the others in full.
PIXEL_LIMITS = {"JPEG": 100_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
PHOTO_COUNT_LIMIT = 30


# To see an order is not enough: a photo is evidence, so its giver must have work to do on it.
PLACE_RIGHTS = (Right.REPORT_ORDERS, Right.DISPATCH_ORDERS, Right.CHECK_ORDERS)


def add_photo(
    *,
    order: WorkOrder,
    actor: Actor,
    file: UploadedFile,
    stage: PhotoStage,
    at: datetime,
    uuid: UUID | None = None,
) -> Photo:
    """Add a person's photo to an order; the same uuid again returns the first one.

    Raises ForbiddenError unless the actor may report, dispatch or check at the order's place, or
    handles the order; InvalidError for what is no photo.
    """
    if not _may_add(actor, order):
        raise ForbiddenError("您没有为这张工单添加照片的权限。")
    return store_photo(
        order=order, file=file, stage=stage, at=at, uploaded_by=actor.user, uuid=uuid
    )


def _may_add(actor: Actor, order: WorkOrder) -> bool:
    scope = actor.scope
    return scope.covers_holder(Right.HANDLE_ORDERS, order) or any(
        scope.covers_place(right, order) for right in PLACE_RIGHTS
    )


def store_photo(
    *,
    order: WorkOrder,
    file: UploadedFile,
    stage: PhotoStage,
    at: datetime,
    uploaded_by: User | None = None,
    uuid: UUID | None = None,
) -> Photo:
    """Store a photo whose giver's right is checked already; a repeat returns the first one."""
    existing = Photo.objects.filter(uuid=uuid).first() if uuid else None
    if existing is not None:
        return _same_order(existing, order)
    if order.photos.count() >= PHOTO_COUNT_LIMIT:
        raise InvalidError(fields={"photo": [f"每张工单最多 {PHOTO_COUNT_LIMIT} 张照片"]})
    content, content_type, (width, height) = verify_photo(file=file)
    photo = Photo(
        uuid=uuid or uuid4(),
        order=order,
        stage=stage,
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        width=width,
        height=height,
        uploaded_at=at,
        uploaded_by=uploaded_by,
    )
    photo.file.save("photo", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            photo.save()
    except IntegrityError:
        # The same photo on a second connection won the race.
        photo.file.delete(save=False)
        return _same_order(Photo.objects.get(uuid=photo.uuid), order)
    return photo


@contextmanager
def files_follow_transaction(stored: list[Photo]) -> Iterator[None]:
    """Run a transaction; where it fails, delete the files it had written."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for photo in stored:
            photo.file.delete(save=False)
        raise


def _same_order(photo: Photo, order: WorkOrder) -> Photo:
    if photo.order_id != order.pk:
        raise InvalidError("照片编号已用于其他工单。", fields={"uuid": ["已被使用"]})
    return photo


def verify_photo(*, file: UploadedFile) -> tuple[bytes, str, tuple[int, int]]:
    """Read a file and return (content, type, (width, height)); raise InvalidError for others."""
    limit = settings.PHOTO_BYTES_LIMIT
    if (file.size or 0) > limit:
        raise InvalidError(fields={"photo": [f"照片超过 {limit // 1024 // 1024} MB"]})
    content = file.read(limit + 1)
    content_type = magic.from_buffer(content[:4096], mime=True)
    if content_type in APPLE_TYPES:
        raise InvalidError(code="heic", fields={"photo": [HEIC_WORDS]})
    if content_type not in TYPES:
        raise InvalidError(fields={"photo": ["不是 JPEG、PNG 或 WebP 照片"]})
    return content, content_type, _dimensions(content, TYPES[content_type])


def _dimensions(content: bytes, kind: str) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            width, height = image.size
            if width * height > PIXEL_LIMITS[kind]:
                raise InvalidError(fields={"photo": ["照片像素过大"]})
            # Only decoding to the end shows that nothing is missing; `verify` passes half a JPEG.
            image.draft("RGB", (width // 8, height // 8))
            image.load()
            if image.getexif().get(ORIENTATION) in TURNED:
                width, height = height, width
    except InvalidError:
        raise
    except Image.DecompressionBombError as error:
        raise InvalidError(fields={"photo": ["照片像素过大"]}) from error
    except Exception as error:  # Pillow raises many kinds for a broken file
        raise InvalidError(fields={"photo": ["照片已损坏，无法读取"]}) from error
    return width, height
