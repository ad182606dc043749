from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accesslog_append_only BEFORE UPDATE OR DELETE ON accounts_accesslog
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
REVERSE = """
DROP TRIGGER accesslog_append_only ON accounts_accesslog;
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    """A log that its own subjects could edit would prove nothing."""

    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, REVERSE)]
