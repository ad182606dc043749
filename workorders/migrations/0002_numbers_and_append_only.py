from django.db import migrations


class Migration(migrations.Migration):
    """Order numbers come from a sequence; events are append-only at the database."""

    dependencies = [
        ("workorders", "0001_initial"),
        ("accounts", "0002_access_log_append_only"),
    ]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE workorders_number", "DROP SEQUENCE workorders_number"),
        migrations.RunSQL(
            """
            CREATE TRIGGER event_no_update BEFORE UPDATE ON workorders_event
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            -- Only the removal of the demo's own orders may delete, and says so.
            CREATE TRIGGER event_no_delete BEFORE DELETE ON workorders_event
                FOR EACH ROW
                WHEN (current_setting('yiwang.removing_demo', true) IS DISTINCT FROM 'on')
                EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER event_no_delete ON workorders_event;
            DROP TRIGGER event_no_update ON workorders_event;
            """,
        ),
    ]
