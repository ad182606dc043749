from django.db import migrations

from governance.lib.reference import trigger_sql, untrigger_sql

TABLES = ("grids_area", "grids_boundary")


class Migration(migrations.Migration):
    """A change of an area or its boundary raises the revision of the reference data."""

    dependencies = [("grids", "0001_initial"), ("accounts", "0003_reference_revision")]
    operations = [migrations.RunSQL(trigger_sql(*TABLES), untrigger_sql(*TABLES))]
