from django.db import migrations, models


class Migration(migrations.Migration):
    """A full name finds its person, for those who may see it."""

    dependencies = [("workorders", "0027_room_in_pages")]

    operations = [
        migrations.AddField(
            model_name="reporter",
            name="name_digest",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
