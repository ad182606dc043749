"""Sweeping up: raw values in quarantine that have had their time, and files without a load."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from datahub.enums import PublicationState
from datahub.models import BadRow, Load, LoadUpload, Publication
from datahub.models.loads import FOLDER
from datahub.models.publications import OPEN_FOLDER

# A file is written before its load is; a slow upload must not lose it in between.
SPARED = timedelta(days=1)
BATCH = 5_000


def forget_bad_rows(*, at: datetime) -> int:
    """Delete the bad rows of loads that ended `BAD_ROW_DAYS` ago; their counts stay. Count them."""
    before = at - timedelta(days=settings.BAD_ROW_DAYS)
    old = BadRow.objects.filter(load__finished_at__lt=before)
    count = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        count += BadRow.objects.filter(pk__in=batch).delete()[0]
    return count


def sweep_files(*, at: datetime) -> int:
    """Delete the files that a crash has left behind; count them.

    Those of loads that have ended, and those that no load and no open data name.
    """
    count = 0
    for load in Load.objects.filter(finished_at__isnull=False).exclude(file=""):
        load.file.delete()
        count += 1
    count += sum(_drop_if_orphan(path, at, _is_load(path)) for path in _files(FOLDER))
    return count + sum(_drop_if_orphan(path, at, _is_open(path)) for path in _files(OPEN_FOLDER))


def _is_load(path: Path) -> bool:
    """Tell whether a load will read a file, or somebody is still sending it."""
    names = {upload.hex for upload in LoadUpload.objects.values_list("uuid", flat=True)}
    return path.name in names or Load.objects.filter(file=f"{FOLDER}/{path.name}").exists()


def _is_open(path: Path) -> bool:
    """Tell whether a snapshot may still be published, or is."""
    kept = (PublicationState.PREPARED, PublicationState.PUBLISHED)
    known = Publication.objects.filter(state__in=kept).values_list("uuid", flat=True)
    return path.stem in {uuid.hex for uuid in known}


def _files(name: str) -> list[Path]:
    folder = Path(default_storage.path(name))
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _drop_if_orphan(path: Path, at: datetime, is_wanted: bool) -> bool:
    is_young = path.stat().st_mtime > (at - SPARED).timestamp()
    if is_young or is_wanted:
        return False
    path.unlink(missing_ok=True)
    return True
