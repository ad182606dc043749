"""Taking the demo's entries out of the catalogue, with their tables, loads and grants."""

from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError
from guardian.models import UserObjectPermission

from datahub.models import CodeList, CrossCheck, Load, Publication, Resource, SharingRequest
from datahub.services.desensitising import drop_files
from datahub.services.tables import before_of, run, table_of


def remove_demo_resources() -> int:
    """Remove every resource of the demo and all that hangs on it; count them.

    Code lists stay where a real resource refers to them.
    """
    CrossCheck.objects.filter(sides__resource__is_demo=True).delete()
    found = list(Resource.objects.filter(is_demo=True))
    for resource in found:
        _remove(resource)
    for code_list in CodeList.objects.filter(is_demo=True):
        _drop_unused(code_list)
    return len(found)


@transaction.atomic
def _remove(resource: Resource) -> None:
    loads = list(Load.objects.filter(resource=resource))
    tables = [table_of(resource)]
    for load in loads:
        tables += [before_of(load), *(f"datahub.{kind}{load.pk}" for kind in "snp")]
        if load.file:
            transaction.on_commit(partial(load.file.delete, save=False))
    run(f"DROP TABLE IF EXISTS {', '.join(tables)}")
    grants = UserObjectPermission.objects.filter(object_pk=str(resource.pk))
    grants.filter(content_type=ContentType.objects.get_for_model(Resource)).delete()
    Load.objects.filter(resource=resource).delete()
    SharingRequest.objects.filter(resource=resource).delete()
    for one in Publication.objects.filter(resource=resource):
        transaction.on_commit(partial(drop_files, one))
    Publication.objects.filter(resource=resource).delete()
    resource.schema = None
    resource.save(update_fields=["schema"])
    resource.delete()


def _drop_unused(code_list: CodeList) -> None:
    try:
        with transaction.atomic():
            code_list.delete()
    except ProtectedError:
        CodeList.objects.filter(pk=code_list.pk).update(is_demo=False)
