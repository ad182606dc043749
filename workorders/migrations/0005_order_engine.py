import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import workorders.worktime.limit
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_reference_revision'),
        ('grids', '0002_reference_revision'),
        ('workorders', '0004_event_actor_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Hints for open pages, and what was fired under names that are rows now.
        migrations.RunSQL("DELETE FROM workorders_announcement", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('extension', '延期'), ('suspension', '挂账'), ('return', '退回')], max_length=12, verbose_name='事项')),
                ('state', models.CharField(choices=[('pending', '待审批'), ('approved', '已同意'), ('refused', '未同意'), ('withdrawn', '已失效')], default='pending', max_length=10, verbose_name='状态')),
                ('reason', models.TextField(verbose_name='理由')),
                ('until', models.DateTimeField(null=True, verbose_name='至')),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('asked_by', models.CharField(max_length=100, verbose_name='申请人')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='审批时间')),
                ('decided_by', models.CharField(blank=True, max_length=100, verbose_name='审批人')),
                ('resume_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '申请',
                'verbose_name_plural': '申请',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('action', models.CharField(choices=[('register', '登记'), ('request_verification', '要求核实'), ('report_verification', '反馈核实'), ('accept', '受理'), ('reject', '不予受理'), ('answer', '即时答复'), ('self_handle', '自行处置'), ('merge', '并单'), ('unmerge', '撤销并单'), ('dispatch', '派发'), ('pass_down', '下派'), ('pass_up', '上报'), ('reclassify', '调整类别'), ('sign', '签收'), ('send_back', '退回'), ('request_return', '申请退回'), ('request_extension', '申请延期'), ('request_suspension', '申请挂账'), ('approve', '同意申请'), ('refuse', '不同意申请'), ('resume', '恢复办理'), ('assist', '协办'), ('split', '拆单'), ('resolve', '办结上报'), ('pass_check', '核查通过'), ('rework', '返工'), ('follow_up', '回访'), ('reopen', '重新办理'), ('cancel', '作废'), ('supervise', '督办'), ('answer_supervision', '回复督办'), ('instruct', '批示'), ('remark', '备注'), ('exclude', '剔除考核'), ('escalate', '时限提醒'), ('recalculate', '时限重算')], max_length=24, verbose_name='动作')),
                ('carried', models.JSONField(default=dict, verbose_name='内容')),
                ('asked_at', models.DateTimeField(verbose_name='提交时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
            ],
            options={
                'verbose_name': '批量操作',
                'verbose_name_plural': '批量操作',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='BulkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, verbose_name='工单号')),
                ('version', models.PositiveIntegerField(null=True)),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='拒绝代码')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='拒绝原因')),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reach', models.CharField(choices=[('handler', '承办人'), ('department_head', '承办单位负责人'), ('street_leader', '街道领导'), ('dispatcher', '派单员'), ('district_supervisor', '区督办员'), ('district_leader', '区领导')], max_length=20, verbose_name='触达')),
                ('deed', models.CharField(blank=True, choices=[('remind', '提醒'), ('yellow', '亮黄灯'), ('red', '亮红灯'), ('raise', '升级督办'), ('letter', '发督办函'), ('fall_up', '上一级兜底')], max_length=10, verbose_name='动作')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '提醒',
                'verbose_name_plural': '提醒',
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='Rung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clock', models.CharField(choices=[('acceptance', '受理'), ('verification', '核实'), ('dispatch', '派发'), ('signing', '签收'), ('first_contact', '首次联系'), ('resolution', '办理'), ('check', '核查'), ('follow_up', '回访'), ('supervision', '督办回复')], max_length=20, verbose_name='时钟')),
                ('share', models.PositiveSmallIntegerField(blank=True, help_text='100 为到期时刻', null=True, verbose_name='时限占比（%）')),
                ('after_amount', models.PositiveIntegerField(blank=True, null=True, verbose_name='到期后')),
                ('after_unit', models.CharField(blank=True, choices=[(workorders.worktime.limit.LimitUnit['MINUTE'], '分钟'), (workorders.worktime.limit.LimitUnit['HOUR'], '小时'), (workorders.worktime.limit.LimitUnit['WORKING_MINUTE'], '工作分钟'), (workorders.worktime.limit.LimitUnit['WORKING_HOUR'], '工作小时'), (workorders.worktime.limit.LimitUnit['WORKING_DAY'], '工作日'), (workorders.worktime.limit.LimitUnit['NATURAL_DAY'], '自然日')], max_length=20, verbose_name='单位')),
                ('deed', models.CharField(choices=[('remind', '提醒'), ('yellow', '亮黄灯'), ('red', '亮红灯'), ('raise', '升级督办'), ('letter', '发督办函'), ('fall_up', '上一级兜底')], max_length=10, verbose_name='动作')),
                ('reach', models.CharField(blank=True, choices=[('handler', '承办人'), ('department_head', '承办单位负责人'), ('street_leader', '街道领导'), ('dispatcher', '派单员'), ('district_supervisor', '区督办员'), ('district_leader', '区领导')], max_length=20, verbose_name='触达')),
                ('is_urgent', models.BooleanField(default=False, help_text='不勾选则等到工作时间再提醒', verbose_name='即时')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
            ],
            options={
                'verbose_name': '督办级次',
                'verbose_name_plural': '督办级次',
            },
        ),
        migrations.CreateModel(
            name='SupervisionLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(verbose_name='督办级别')),
                ('text', models.TextField(verbose_name='督办要求')),
                ('issued_at', models.DateTimeField(verbose_name='发函时间')),
                ('issued_by', models.CharField(max_length=100, verbose_name='发函人')),
                ('due_at', models.DateTimeField(null=True, verbose_name='回复时限')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='回复时间')),
                ('answered_by', models.CharField(blank=True, max_length=100, verbose_name='回复人')),
                ('answer', models.TextField(blank=True, verbose_name='回复')),
            ],
            options={
                'verbose_name': '督办函',
                'verbose_name_plural': '督办函',
                'default_permissions': ('view',),
            },
        ),
        migrations.AlterModelOptions(
            name='escalation',
            options={'default_permissions': ('view',), 'verbose_name': '时限提醒', 'verbose_name_plural': '时限提醒'},
        ),
        migrations.RemoveConstraint(
            model_name='escalation',
            name='escalation_once_per_rung',
        ),
        migrations.AddField(
            model_name='announcement',
            name='action',
            field=models.CharField(default='x', max_length=24),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='announcement',
            name='at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='announcement',
            name='gone',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='announcement',
            name='number',
            field=models.CharField(default='x', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='announcement',
            name='state',
            field=models.CharField(default='x', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='announcement',
            name='version',
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='clock',
            name='fixed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='clock',
            name='fixed_due_at',
            field=models.DateTimeField(null=True, verbose_name='指定时限'),
        ),
        migrations.AddField(
            model_name='clock',
            name='paused_at',
            field=models.DateTimeField(null=True, verbose_name='暂停'),
        ),
        migrations.AddField(
            model_name='event',
            name='area',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='区域'),
        ),
        migrations.AddField(
            model_name='event',
            name='category',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.category', verbose_name='类别'),
        ),
        migrations.AddField(
            model_name='event',
            name='department',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='承办单位'),
        ),
        migrations.AddField(
            model_name='event',
            name='digest',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='event',
            name='is_overdue',
            field=models.BooleanField(default=False, verbose_name='办理超期'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='alert',
            field=models.PositiveSmallIntegerField(choices=[(0, '正常'), (1, '黄灯'), (2, '红灯')], default=0, verbose_name='预警'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='held_seconds',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='workorder',
            name='held_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='workorder',
            name='history_digest',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='workorder',
            name='is_excluded',
            field=models.BooleanField(default=False, verbose_name='剔除考核'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='merged_into',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='workorders.workorder', verbose_name='并入工单'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='parent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='workorders.workorder', verbose_name='上级工单'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='part',
            field=models.CharField(blank=True, choices=[('split', '拆分单'), ('assist', '协办单')], max_length=10, verbose_name='分工'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='reopen_count',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='重新办理次数'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='return_count',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='退回次数'),
        ),
        migrations.AddField(
            model_name='workorder',
            name='supervision_level',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='督办级别'),
        ),
        migrations.AlterField(
            model_name='clock',
            name='kind',
            field=models.CharField(choices=[('acceptance', '受理'), ('verification', '核实'), ('dispatch', '派发'), ('signing', '签收'), ('first_contact', '首次联系'), ('resolution', '办理'), ('check', '核查'), ('follow_up', '回访'), ('supervision', '督办回复')], max_length=20, verbose_name='时钟'),
        ),
        migrations.AlterField(
            model_name='clockpause',
            name='ended_at',
            field=models.DateTimeField(null=True, verbose_name='结束'),
        ),
        migrations.AlterField(
            model_name='cube',
            name='measure',
            field=models.CharField(choices=[('open', '在办'), ('overdue', '超期未结'), ('registered', '登记'), ('accepted', '受理'), ('rejected', '不予受理'), ('answered', '即时答复'), ('dispatched', '派发'), ('returned', '退回'), ('resolved', '办理完成'), ('resolved_on_time', '按时办理完成'), ('reworked', '返工'), ('closed', '办结'), ('reopened', '重新办理'), ('called_back', '有效回访'), ('solved', '回访已解决'), ('satisfied', '回访满意'), ('basically_satisfied', '回访基本满意'), ('signed', '签收'), ('signed_on_time', '按时签收'), ('contacted', '已联系'), ('extended', '延期'), ('suspended', '挂账'), ('merged', '并单'), ('unmerged', '撤销并单'), ('excluded', '剔除考核'), ('in_district', '区级办结'), ('in_street', '街道办结'), ('in_community', '社区办结'), ('in_grid', '网格办结')], max_length=24),
        ),
        migrations.AlterField(
            model_name='delta',
            name='measure',
            field=models.CharField(choices=[('open', '在办'), ('overdue', '超期未结'), ('registered', '登记'), ('accepted', '受理'), ('rejected', '不予受理'), ('answered', '即时答复'), ('dispatched', '派发'), ('returned', '退回'), ('resolved', '办理完成'), ('resolved_on_time', '按时办理完成'), ('reworked', '返工'), ('closed', '办结'), ('reopened', '重新办理'), ('called_back', '有效回访'), ('solved', '回访已解决'), ('satisfied', '回访满意'), ('basically_satisfied', '回访基本满意'), ('signed', '签收'), ('signed_on_time', '按时签收'), ('contacted', '已联系'), ('extended', '延期'), ('suspended', '挂账'), ('merged', '并单'), ('unmerged', '撤销并单'), ('excluded', '剔除考核'), ('in_district', '区级办结'), ('in_street', '街道办结'), ('in_community', '社区办结'), ('in_grid', '网格办结')], max_length=24),
        ),
        migrations.AlterField(
            model_name='event',
            name='action',
            field=models.CharField(choices=[('register', '登记'), ('request_verification', '要求核实'), ('report_verification', '反馈核实'), ('accept', '受理'), ('reject', '不予受理'), ('answer', '即时答复'), ('self_handle', '自行处置'), ('merge', '并单'), ('unmerge', '撤销并单'), ('dispatch', '派发'), ('pass_down', '下派'), ('pass_up', '上报'), ('reclassify', '调整类别'), ('sign', '签收'), ('send_back', '退回'), ('request_return', '申请退回'), ('request_extension', '申请延期'), ('request_suspension', '申请挂账'), ('approve', '同意申请'), ('refuse', '不同意申请'), ('resume', '恢复办理'), ('assist', '协办'), ('split', '拆单'), ('resolve', '办结上报'), ('pass_check', '核查通过'), ('rework', '返工'), ('follow_up', '回访'), ('reopen', '重新办理'), ('cancel', '作废'), ('supervise', '督办'), ('answer_supervision', '回复督办'), ('instruct', '批示'), ('remark', '备注'), ('exclude', '剔除考核'), ('escalate', '时限提醒'), ('recalculate', '时限重算')], max_length=24, verbose_name='动作'),
        ),
        migrations.AlterField(
            model_name='timelimit',
            name='clock',
            field=models.CharField(choices=[('acceptance', '受理'), ('verification', '核实'), ('dispatch', '派发'), ('signing', '签收'), ('first_contact', '首次联系'), ('resolution', '办理'), ('check', '核查'), ('follow_up', '回访'), ('supervision', '督办回复')], max_length=20, verbose_name='时钟'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='event_at_brin'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('is_overdue', True)), fields=['order', 'sequence'], name='event_overdue'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('action', 'exclude')), fields=['order', 'at'], name='event_excluded'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='order_merged_into'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='order_parent'),
        ),
        migrations.AddConstraint(
            model_name='clock',
            constraint=models.CheckConstraint(condition=models.Q(('paused_at__isnull', True), models.Q(('met_at__isnull', True), ('next_rung_at__isnull', True)), _connector='OR'), name='clock_paused_fires_nothing'),
        ),
        migrations.AddConstraint(
            model_name='clock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fixed_at__isnull', True), ('fixed_due_at__isnull', True)), ('fixed_due_at__gt', models.F('fixed_at')), _connector='OR'), name='clock_fixed_since'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='workorder_merged_names_the_other'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('parent__isnull', True), ('part', '')), models.Q(('parent__isnull', False), ('part__in', ['split', 'assist'])), _connector='OR'), name='workorder_part_of_a_parent'),
        ),
        migrations.AddConstraint(
            model_name='workorder',
            constraint=models.CheckConstraint(condition=models.Q(('supervision_level__lte', 3)), name='workorder_supervision_to_three'),
        ),
        migrations.AddField(
            model_name='application',
            name='department',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='申请单位'),
        ),
        migrations.AddField(
            model_name='application',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='workorders.workorder'),
        ),
        migrations.AddField(
            model_name='bulkjob',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人'),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='job',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='workorders.bulkjob'),
        ),
        migrations.AddField(
            model_name='notice',
            name='area',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area'),
        ),
        migrations.AddField(
            model_name='notice',
            name='department',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department'),
        ),
        migrations.AddField(
            model_name='notice',
            name='event',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workorders.event'),
        ),
        migrations.AddField(
            model_name='notice',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='workorders.workorder'),
        ),
        migrations.AddField(
            model_name='rung',
            name='category',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='workorders.category', verbose_name='事项类别'),
        ),
        migrations.RemoveField(model_name='escalation', name='rung'),
        migrations.AddField(
            model_name='escalation',
            name='rung',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workorders.rung', verbose_name='级次'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(fields=('clock', 'rung'), name='escalation_once_per_rung', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='supervisionletter',
            name='department',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.department', verbose_name='督办对象'),
        ),
        migrations.AddField(
            model_name='supervisionletter',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='workorders.workorder'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('resume_at__isnull', False)), fields=['resume_at'], name='application_resume'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('order',), name='application_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'return'), ('until__isnull', False), _connector='OR'), name='application_until_when'),
        ),
        migrations.AddIndex(
            model_name='bulkrow',
            index=models.Index(condition=models.Q(('done_at__isnull', True)), fields=['job', 'id'], name='bulkrow_waiting'),
        ),
        migrations.AddConstraint(
            model_name='bulkrow',
            constraint=models.UniqueConstraint(fields=('job', 'number'), name='bulkrow_once_per_order'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['area', 'reach', '-at'], name='notice_area'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['department', 'reach', '-at'], name='notice_department'),
        ),
        migrations.AddConstraint(
            model_name='rung',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after_amount__isnull', True), ('after_unit', ''), ('share__range', (1, 100))), models.Q(('after_amount__gt', 0), ('share__isnull', True), models.Q(('after_unit', ''), _negated=True)), _connector='OR'), name='rung_share_or_after'),
        ),
        migrations.AddIndex(
            model_name='supervisionletter',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['issued_at'], name='letter_unanswered'),
        ),
        migrations.AddConstraint(
            model_name='supervisionletter',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (1, 3))), name='letter_level_one_to_three'),
        ),
    ]
