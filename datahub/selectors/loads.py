"""Loads of resources, as those may see them who may load."""

from django.db import connection
from django.db.models import QuerySet

from datahub.enums import LoadState
from datahub.models import Load, Resource
from datahub.querysets import Reader
from governance.lib.errors import NotFoundError


def loads_of(*, resource: Resource, reader: Reader) -> QuerySet[Load]:
    """List the loads of a resource; none to people who do not load for its department."""
    if not reader.loads(resource):
        return Load.objects.none()
    return Load.objects.filter(resource=resource).select_related("asked_by", "schema")


def load_for(*, uuid: str, reader: Reader) -> Load:
    """Find one load; raise NotFoundError for people who do not load for its department."""
    loads = Load.objects.select_related("resource__department", "schema", "asked_by")
    found = loads.filter(uuid=uuid).first()
    if found is None or not reader.loads(found.resource):
        raise NotFoundError()
    return found


def progress_of(load: Load) -> int:
    """Give the share that is done, in percent: while the file is read, by its bytes."""
    if load.state != LoadState.STAGING or not load.file_bytes:
        return load.progress
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(bytes_processed) FROM pg_stat_progress_copy"
            " JOIN pg_stat_activity USING (pid) WHERE application_name = %s",
            [f"load {load.uuid}"],
        )
        (bytes_read,) = cursor.fetchone()
    return max(load.progress, min(50, int(50 * (bytes_read or 0) / load.file_bytes)))
