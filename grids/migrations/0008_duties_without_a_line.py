from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("grids", "0007_revisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="is_silent",
            field=models.BooleanField(default=False, help_text="长时间没有联系，由系统下岗", verbose_name="无联系下岗"),
        ),
        migrations.AddField(
            model_name="duty",
            name="recorded_at",
            field=models.DateTimeField(help_text="没有信号时上岗，会晚于上岗时间", null=True, verbose_name="登记时间"),
        ),
        # Until now a duty began when the server heard of it.
        migrations.RunSQL("UPDATE grids_duty SET recorded_at = started_at", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="duty",
            name="recorded_at",
            field=models.DateTimeField(help_text="没有信号时上岗，会晚于上岗时间", verbose_name="登记时间"),
        ),
        migrations.AlterField(
            model_name="checkin",
            name="way",
            field=models.CharField(choices=[("qr", "扫码"), ("place", "定位"), ("code", "输入编码")], max_length=10, verbose_name="方式"),
        ),
    ]
