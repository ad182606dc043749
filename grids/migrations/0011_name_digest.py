from cryptography.fernet import InvalidToken
from django.db import migrations, models

from governance.lib.crypto import decrypt
from governance.lib.names import name_digest

BATCH = 2000


def digest_names(apps, schema_editor):
    """Digest the names that are here, batch by batch; what no key opens stays unfound."""
    Element = apps.get_model("grids", "Element")
    rows = Element.objects.exclude(name_cipher=b"").filter(name_digest="").order_by("pk")
    last, batch = 0, [None]
    while batch:
        batch = list(rows.filter(pk__gt=last).only("name_cipher")[:BATCH])
        Element.objects.bulk_update([row for row in batch if _digest(row)], ["name_digest"])
        last = batch[-1].pk if batch else last


def _digest(element):
    try:
        element.name_digest = name_digest(decrypt(element.name_cipher))
    except InvalidToken:
        return False
    return True


class Migration(migrations.Migration):
    """A person's full name finds them; each batch is saved by itself."""

    atomic = False
    dependencies = [("grids", "0010_address_codes")]

    operations = [
        migrations.AddField(
            model_name="element",
            name="name_digest",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.RunPython(digest_names, migrations.RunPython.noop, elidable=True),
    ]
