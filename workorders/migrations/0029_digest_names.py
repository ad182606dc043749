from cryptography.fernet import InvalidToken
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from governance.lib.crypto import decrypt
from governance.lib.names import name_digest

BATCH = 2000


def digest_names(apps, schema_editor):
    """Digest the names that are here, batch by batch; what no key opens stays unfound."""
    Reporter = apps.get_model("workorders", "Reporter")
    rows = Reporter.objects.exclude(name_cipher=b"").filter(name_digest="").order_by("pk")
    last, batch = 0, [None]
    while batch:
        batch = list(rows.filter(pk__gt=last).only("name_cipher")[:BATCH])
        Reporter.objects.bulk_update([row for row in batch if _digest(row)], ["name_digest"])
        last = batch[-1].pk if batch else last


def _digest(reporter):
    try:
        reporter.name_digest = name_digest(decrypt(reporter.name_cipher))
    except InvalidToken:
        return False
    return True


class Migration(migrations.Migration):
    """Each batch is saved by itself: people go on registering meanwhile."""

    atomic = False
    dependencies = [("workorders", "0028_name_digest")]

    operations = [
        migrations.RunPython(digest_names, migrations.RunPython.noop, elidable=True),
        AddIndexConcurrently(
            model_name="reporter",
            index=models.Index(fields=["name_digest", "-order"], name="reporter_name"),
        ),
    ]
