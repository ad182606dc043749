"""How far a file on its way is; only its owner may ask, while files may be loaded."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from datahub.models import Load, LoadUpload, Resource
from datahub.querysets import Reader
from governance.lib.errors import NotFoundError


@dataclass(frozen=True)
class UploadProgress:
    """How many bytes of a file the server keeps, and whether it has become a load."""

    uuid: UUID
    file_name: str
    mark: str
    offset: int
    size: int
    is_loaded: bool = False

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size


def progress_of_upload(upload: LoadUpload) -> UploadProgress:
    return UploadProgress(upload.uuid, upload.file_name, upload.mark, upload.received, upload.size)


def progress_of_load(load: Load) -> UploadProgress:
    size = load.file_bytes
    return UploadProgress(load.uuid, load.file_name, "", size, size, is_loaded=True)


def find_upload_progress(*, uuid: UUID, owner: User, reader: Reader) -> UploadProgress:
    """Tell how far a person's own file is; raise NotFoundError for everybody else's."""
    upload = LoadUpload.objects.select_related("resource").filter(uuid=uuid, owner=owner).first()
    if upload is not None and reader.loads(upload.resource):
        return progress_of_upload(upload)
    load = Load.objects.select_related("resource").filter(uuid=uuid, asked_by=owner).first()
    if upload is None and load is not None and reader.loads(load.resource):
        return progress_of_load(load)
    raise NotFoundError("没有这个文件的上传记录。", code="no_upload")


def resource_of_upload(*, uuid: UUID, owner: User, reader: Reader) -> Resource:
    """Find whose file is on its way; raise NotFoundError for everybody else's."""
    find_upload_progress(uuid=uuid, owner=owner, reader=reader)
    upload = LoadUpload.objects.select_related("resource").filter(uuid=uuid).first()
    if upload is None:
        raise NotFoundError("文件已传完。", code="no_upload")
    return upload.resource


def uploads_of(*, resource: Resource, reader: Reader) -> list[UploadProgress]:
    """List what a reader has under way for a resource, the newest first."""
    if not reader.loads(resource):
        return []
    found = LoadUpload.objects.filter(resource=resource, owner=reader.person).order_by(
        "-touched_at"
    )
    return [progress_of_upload(upload) for upload in found.order_by("-touched_at")]
