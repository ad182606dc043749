from cryptography.fernet import InvalidToken
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from governance.lib.crypto import decrypt
from governance.lib.phones import phone_pieces

BATCH = 2000


def cut_phones(apps, schema_editor):
    """Digest the pieces of the telephones that are here; what no key opens stays unfound."""
    Reporter = apps.get_model("workorders", "Reporter")
    batch = []
    for reporter in Reporter.objects.exclude(phone_cipher=b"").iterator(chunk_size=BATCH):
        try:
            reporter.phone_parts = phone_pieces(decrypt(reporter.phone_cipher))
        except InvalidToken:
            continue
        batch.append(reporter)
        if len(batch) == BATCH:
            Reporter.objects.bulk_update(batch, ["phone_parts"])
            batch.clear()
    Reporter.objects.bulk_update(batch, ["phone_parts"])


class Migration(migrations.Migration):
    """A part of a telephone finds it, for those who may see it."""

    dependencies = [("workorders", "0018_order_grams")]

    operations = [
        migrations.AddField(
            model_name="reporter",
            name="phone_parts",
            field=ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunPython(cut_phones, migrations.RunPython.noop, elidable=True),
    ]
