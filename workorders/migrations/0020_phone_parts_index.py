from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workorders", "0019_phone_parts")]

    operations = [
        migrations.AddIndex(
            model_name="reporter",
            index=GinIndex(fields=["phone_parts"], name="reporter_phone_parts"),
        ),
    ]
