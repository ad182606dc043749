from django.db import migrations

from governance.lib.reference import trigger_sql, untrigger_sql


class Migration(migrations.Migration):
    """A post raises the revision of rights, a version of the map that of the reference data."""

    dependencies = [
        ("grids", "0006_patrols"),
        ("accounts", "0008_rights_revision"),
    ]
    operations = [
        migrations.RunSQL(
            trigger_sql("grids_post", revision="rights"),
            untrigger_sql("grids_post", revision="rights"),
        ),
        migrations.RunSQL(
            trigger_sql("grids_boundaryversion"), untrigger_sql("grids_boundaryversion")
        ),
    ]
