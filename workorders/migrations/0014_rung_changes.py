from django.db import migrations

NOTE_RUNGS = """
CREATE TRIGGER rung_noted AFTER INSERT OR UPDATE OR DELETE ON workorders_rung
    FOR EACH STATEMENT EXECUTE FUNCTION note_working_hours();
"""
NOTE_NO_RUNGS = "DROP TRIGGER rung_noted ON workorders_rung;"


class Migration(migrations.Migration):
    """A changed rung is written down, as changed hours are: any running clock may move by it."""

    dependencies = [("workorders", "0013_indicator_engine")]

    operations = [migrations.RunSQL(NOTE_RUNGS, NOTE_NO_RUNGS)]
