"""Photos: verified to be what they claim, named by their content, never by the sender's name."""

import hashlib
import io
import warnings
from datetime import datetime
from uuid import UUID, uuid4

import magic
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from accounts.models import User
from governance.lib.errors import InvalidError
from workorders.enums import PhotoStage
from workorders.models import Photo, WorkOrder

TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
PIXEL_LIMIT = 60_000_000
PHOTO_COUNT_LIMIT = 30


def add_photo(
    *,
    order: WorkOrder,
    file: UploadedFile,
    stage: PhotoStage,
    at: datetime,
    uploaded_by: User | None = None,
    uuid: UUID | None = None,
) -> Photo:
    """Store a photo of an order; the same uuid again returns the first one."""
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
    photo.save()
    return photo


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
    if content_type not in TYPES:
        raise InvalidError(fields={"photo": ["不是 JPEG、PNG 或 WebP 照片"]})
    return content, content_type, _dimensions(content, TYPES[content_type])


def _dimensions(content: bytes, kind: str) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                width, height = image.size
                if width * height > PIXEL_LIMIT:
                    raise InvalidError(fields={"photo": ["照片像素过大"]})
                image.verify()
    except InvalidError:
        raise
    except Exception as error:  # Pillow raises many kinds for a broken file
        raise InvalidError(fields={"photo": ["照片已损坏，无法读取"]}) from error
    return width, height
