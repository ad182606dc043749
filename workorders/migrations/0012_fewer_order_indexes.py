import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_reference_revision'),
        ('grids', '0002_reference_revision'),
        ('workorders', '0011_bulk_unfinished'),
    ]

    operations = [
        migrations.AlterField(
            model_name='reporter',
            name='phone_digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='workorder',
            name='category',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.category', verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='workorder',
            name='channel',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='workorders.channel', verbose_name='渠道'),
        ),
        migrations.AlterField(
            model_name='workorder',
            name='number',
            field=models.CharField(max_length=20, verbose_name='工单号'),
        ),
        migrations.AlterField(
            model_name='workorder',
            name='tracking_code',
            field=models.CharField(max_length=16, verbose_name='查询码'),
        ),
        migrations.AddIndex(
            model_name='reporter',
            index=models.Index(fields=['phone_digest'], name='reporter_phone'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.UniqueConstraint(fields=('number',), name='workorder_number_once'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.UniqueConstraint(fields=('tracking_code',), name='workorder_code_once'),
        ),
    ]
