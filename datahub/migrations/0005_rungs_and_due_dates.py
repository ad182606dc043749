from django.db import migrations
from django.utils import timezone

from datahub.enums import Frequency
from datahub.states import next_due, rung_instant

# At which share of an update period who is reminded, until an administrator says otherwise.
RUNGS = ((80, "loaders"), (100, "loaders"), (150, "owners"), (200, "administrators"))


def add(apps, schema_editor):
    apps.get_model("datahub", "OverdueRung").objects.bulk_create(
        apps.get_model("datahub", "OverdueRung")(share=share, reach=reach) for share, reach in RUNGS
    )
    versions = apps.get_model("datahub", "SchemaVersion").objects.order_by("number")
    for resource in apps.get_model("datahub", "Resource").objects.filter(is_active=True):
        first = versions.filter(resource=resource).first()
        since = resource.loaded_at or (first and first.published_at)
        if since is None:
            continue
        resource.counted_from = since
        resource.due_at = next_due(
            Frequency(resource.frequency), since, timezone.get_default_timezone()
        )
        if resource.due_at:
            resource.remind_at = rung_instant(since, resource.due_at, RUNGS[0][0])
        resource.save()


def remove(apps, schema_editor):
    apps.get_model("datahub", "OverdueRung").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("datahub", "0004_quality")]

    operations = [migrations.RunPython(add, remove)]
