"""Files that come in pieces: announced, continued where they were cut, then exactly one load.

Pieces are written to the file that the load will read, at their offset. How far it is says the
row: bytes beyond it, of a request that died before its commit, are written over by the next piece.
"""

import errno
import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from accounts.models import User
from datahub.enums import LoadMode
from datahub.models import Load, LoadUpload, Resource
from datahub.models.loads import FOLDER
from datahub.querysets import Reader
from datahub.selectors.uploads import (
    UploadProgress,
    find_upload_progress,
    progress_of_load,
    progress_of_upload,
)
from datahub.services.loads import bytes_limit, check_takes, keep_load
from governance.lib.errors import ConflictError, DomainError, ForbiddenError, InvalidError
from governance.lib.uploads import (
    OffsetError,
    UploadDiffersError,
    WrongHashError,
    check_piece,
    uuid_taken,
)
from grids.enums import Crs

OPEN_LIMIT = 10  # files that one person may have under way
KEPT = timedelta(days=7)  # without any progress
SPARE = 512 * 1024 * 1024  # bytes of the disk that are for others
CHUNK = 4 * 1024 * 1024


class DiskFullError(DomainError):
    code = "disk_full"
    status = 507
    detail = "服务器磁盘空间不足，已收到的部分不会丢，请稍后再继续。"


class TooManyUploadsError(ConflictError):
    code = "too_many_uploads"
    detail = "未传完的文件过多，请先传完或放弃前面的。"


@dataclass(frozen=True)
class AnnouncedFile:
    """A file that somebody is going to send, under a uuid of their own."""

    uuid: UUID
    file_name: str
    size: int
    mode: LoadMode
    crs: Crs = Crs.WGS84
    mark: str = ""
    sha256: str = ""


def announce_file(
    *, resource: Resource, file: AnnouncedFile, reader: Reader, by: User, at: datetime
) -> UploadProgress:
    """Announce a file for a load to come; the same one again tells how far it is.

    Raises ForbiddenError for people who do not load for the department, InvalidError for a file
    too large or a resource that takes none, ConflictError where the uuid is another file's.
    """
    if not reader.loads(resource):
        raise ForbiddenError()
    known = LoadUpload.objects.filter(uuid=file.uuid).first()
    if known is not None:
        return _same(known, resource, file, by)
    done = Load.objects.filter(uuid=file.uuid, resource=resource, asked_by=by).first()
    if done is not None:
        return _done(done, file)
    check_takes(resource, file.mode)
    _check_room(resource, file, by)
    try:
        with transaction.atomic():
            return progress_of_upload(_new(resource, file, by, at))
    except IntegrityError:  # announced on a second connection
        return _same(LoadUpload.objects.get(uuid=file.uuid), resource, file, by)


def _same(known: LoadUpload, resource: Resource, file: AnnouncedFile, by: User) -> UploadProgress:
    if (known.owner_id, known.resource_id) != (by.pk, resource.pk):
        raise uuid_taken()
    names = ("file_name", "size", "mode", "crs", "mark", "sha256")
    if any(getattr(known, name) != getattr(file, name) for name in names):
        raise UploadDiffersError("这个编号下是另一个文件（名称、大小、内容或装载方式不同）。")
    return progress_of_upload(known)


def _done(load: Load, file: AnnouncedFile) -> UploadProgress:
    """Answer a sender who has not heard that the file is here in full."""
    if (load.file_name, load.file_bytes) != (file.file_name, file.size):
        raise UploadDiffersError("这个编号下是另一个文件，而且已传完。")
    return progress_of_load(load)


def _check_room(resource: Resource, file: AnnouncedFile, by: User) -> None:
    limit = bytes_limit(resource)
    if file.size > limit:
        words = f"文件超过 {limit // 1024 // 1024} MB"
        raise InvalidError(f"{words}。", code="too_large", fields={"size": [words]})
    if LoadUpload.objects.filter(owner=by).count() >= OPEN_LIMIT:
        raise TooManyUploadsError()
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free - SPARE < file.size:
        raise DiskFullError("服务器磁盘空间不足，放不下这个文件。")


def _new(resource: Resource, file: AnnouncedFile, by: User, at: datetime) -> LoadUpload:
    if Load.objects.filter(uuid=file.uuid).exists():
        raise uuid_taken()
    return LoadUpload.objects.create(
        uuid=file.uuid, resource=resource, owner=by, mode=file.mode, crs=file.crs,
        file_name=file.file_name, mark=file.mark, sha256=file.sha256, size=file.size,
        begun_at=at, touched_at=at,
    )  # fmt: skip


def append_to_file(
    *, uuid: UUID, offset: int, content: bytes, reader: Reader, by: User, at: datetime
) -> UploadProgress:
    """Keep the next bytes of a file; with the last ones it becomes a load, once.

    Raises NotFoundError for what is not one's own, OffsetError for bytes that do not follow,
    WrongHashError for a file that is not what was announced (it then begins anew), DiskFullError.
    """
    progress = find_upload_progress(uuid=uuid, owner=by, reader=reader)
    if progress.is_loaded:
        if offset != progress.offset:
            raise OffsetError(progress.offset)
        return progress
    fault = None
    with transaction.atomic():
        upload = LoadUpload.objects.select_for_update().filter(uuid=uuid, owner=by).first()
        if upload is not None:
            fault = _keep(upload, offset, content, at)
    if fault is not None:
        raise fault  # what it set back is kept
    if upload is None:  # completed on a second connection
        return find_upload_progress(uuid=uuid, owner=by, reader=reader)
    return _finish(upload, at) if upload.received == upload.size else progress_of_upload(upload)


def _keep(upload: LoadUpload, offset: int, content: bytes, at: datetime) -> OffsetError | None:
    """Write a piece at its offset; a file that has gone missing begins anew."""
    path = path_of(upload)
    if upload.received and (not path.exists() or path.stat().st_size < upload.received):
        upload.received = 0
        upload.save(update_fields=["received"])
        return OffsetError(0)
    check_piece(offset=offset, content=content, received=upload.received, size=upload.size)
    try:
        _write(path, offset, content)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFullError() from error
        raise
    upload.received += len(content)
    upload.touched_at = at
    upload.save(update_fields=["received", "touched_at"])
    return None


def path_of(upload: LoadUpload) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{upload.uuid.hex}"))


def _write(path: Path, offset: int, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = os.open(path, os.O_WRONLY | os.O_CREAT, settings.FILE_UPLOAD_PERMISSIONS)
    with os.fdopen(line, "wb") as file:
        file.seek(offset)
        file.write(content)
        file.truncate()  # what a request that died had written beyond
        file.flush()
        os.fdatasync(file.fileno())


def _finish(upload: LoadUpload, at: datetime) -> UploadProgress:
    """Make a complete file a load; whoever comes second finds it made.

    It is hashed outside any transaction, which gigabytes would hold open for too long.
    """
    digest = _digest(path_of(upload))
    fault = None
    with transaction.atomic():
        locked = LoadUpload.objects.select_for_update().filter(pk=upload.pk).first()
        if locked is not None and locked.sha256 not in ("", digest):
            locked.received = 0
            locked.save(update_fields=["received"])
            fault = WrongHashError(fields={"sha256": ["与内容不符"]})
        elif locked is not None:
            _load_of(locked, digest, at)
            locked.delete()
    if fault is not None:
        raise fault
    size = upload.size
    return UploadProgress(upload.uuid, upload.file_name, "", size, size, is_loaded=True)


def _load_of(upload: LoadUpload, digest: str, at: datetime) -> Load:
    return keep_load(
        Load(
            uuid=upload.uuid,
            resource_id=upload.resource_id,
            mode=upload.mode,
            crs=upload.crs,
            file=f"{FOLDER}/{upload.uuid.hex}",
            file_name=upload.file_name,
            file_bytes=upload.size,
            digest=digest,
            asked_by_id=upload.owner_id,
            asked_at=at,
        )
    )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def give_up_file(*, uuid: UUID, reader: Reader, by: User) -> None:
    """Delete a file on its way; raise NotFoundError for what is not one's own."""
    find_upload_progress(uuid=uuid, owner=by, reader=reader)
    with transaction.atomic():
        upload = LoadUpload.objects.select_for_update().filter(uuid=uuid, owner=by).first()
        if upload is None:
            raise ConflictError("文件已传完，请在装载的页面上取消。")
        upload.delete()
    path_of(upload).unlink(missing_ok=True)


def drop_abandoned_files(*, at: datetime) -> int:
    """Delete files that nobody has gone on with for a week; count them."""
    count = 0
    for pk in LoadUpload.objects.filter(touched_at__lt=at - KEPT).values_list("pk", flat=True):
        with transaction.atomic():
            old = LoadUpload.objects.select_for_update(skip_locked=True)
            upload = old.filter(pk=pk, touched_at__lt=at - KEPT).first()
            if upload is None:
                continue
            upload.delete()
        path_of(upload).unlink(missing_ok=True)
        count += 1
    return count
