"""How far a photo on its way is; only its owner may ask."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from governance.lib.errors import NotFoundError
from workorders.models import Photo, PhotoUpload


@dataclass(frozen=True)
class Progress:
    """How many bytes of a photo the server keeps, and whether it hangs on an order already."""

    uuid: UUID
    offset: int
    size: int
    is_attached: bool = False

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size


def progress_of(upload: PhotoUpload) -> Progress:
    return Progress(upload.uuid, upload.received, upload.size)


def find_progress(*, uuid: UUID, owner: User) -> Progress | None:
    """Find how far a person's own photo is; None for one that never was, or is another's."""
    photo = Photo.objects.filter(uuid=uuid, uploaded_by=owner).first()
    if photo is not None:
        return Progress(photo.uuid, photo.size, photo.size, is_attached=True)
    upload = PhotoUpload.objects.filter(uuid=uuid, owner=owner).first()
    return progress_of(upload) if upload else None


def upload_progress(*, uuid: UUID, owner: User) -> Progress:
    """Tell how far a person's own photo is; raise NotFoundError for everybody else's."""
    found = find_progress(uuid=uuid, owner=owner)
    if found is None:
        raise NotFoundError("没有这张照片的上传记录。", code="no_upload")
    return found


def progress_of_all(*, uuids: list[UUID], owner: User) -> list[Progress]:
    """Tell how far several of a person's photos are, in the order asked; the unknown are left out.

    Two statements, however many there are.
    """
    photos = Photo.objects.filter(uuid__in=uuids, uploaded_by=owner)
    uploads = PhotoUpload.objects.filter(uuid__in=uuids, owner=owner)
    found = {row.uuid: progress_of(row) for row in uploads}
    found |= {row.uuid: Progress(row.uuid, row.size, row.size, is_attached=True) for row in photos}
    return [found[uuid] for uuid in uuids if uuid in found]
