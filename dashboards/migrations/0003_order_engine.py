import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dashboards', '0002_wall_may_show_all'),
    ]

    operations = [
        migrations.AlterField(
            model_name='indicator',
            name='denominator',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('open', '在办'), ('overdue', '超期未结'), ('registered', '登记'), ('accepted', '受理'), ('rejected', '不予受理'), ('answered', '即时答复'), ('dispatched', '派发'), ('returned', '退回'), ('resolved', '办理完成'), ('resolved_on_time', '按时办理完成'), ('reworked', '返工'), ('closed', '办结'), ('reopened', '重新办理'), ('called_back', '有效回访'), ('solved', '回访已解决'), ('satisfied', '回访满意'), ('basically_satisfied', '回访基本满意'), ('signed', '签收'), ('signed_on_time', '按时签收'), ('contacted', '已联系'), ('extended', '延期'), ('suspended', '挂账'), ('merged', '并单'), ('unmerged', '撤销并单'), ('excluded', '剔除考核'), ('in_district', '区级办结'), ('in_street', '街道办结'), ('in_community', '社区办结'), ('in_grid', '网格办结')], max_length=24), blank=True, default=list, size=None, verbose_name='分母'),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='numerator',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('open', '在办'), ('overdue', '超期未结'), ('registered', '登记'), ('accepted', '受理'), ('rejected', '不予受理'), ('answered', '即时答复'), ('dispatched', '派发'), ('returned', '退回'), ('resolved', '办理完成'), ('resolved_on_time', '按时办理完成'), ('reworked', '返工'), ('closed', '办结'), ('reopened', '重新办理'), ('called_back', '有效回访'), ('solved', '回访已解决'), ('satisfied', '回访满意'), ('basically_satisfied', '回访基本满意'), ('signed', '签收'), ('signed_on_time', '按时签收'), ('contacted', '已联系'), ('extended', '延期'), ('suspended', '挂账'), ('merged', '并单'), ('unmerged', '撤销并单'), ('excluded', '剔除考核'), ('in_district', '区级办结'), ('in_street', '街道办结'), ('in_community', '社区办结'), ('in_grid', '网格办结')], max_length=24), size=None, verbose_name='分子'),
        ),
    ]
