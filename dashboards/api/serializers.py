"""The shape of figures as they leave; rates are shares between 0 and 1."""

from typing import Any

from rest_framework import serializers

from dashboards.enums import Direction, IndicatorState
from workorders.enums import Domain

COUNT = "今日数以上海时间的自然日计"
LIMIT = "此时生效的阈值；区间指标为 [下限, 上限]"
RATE = "0 至 1 之间的比率；没有分母时为 null"


class AreaReferenceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class SummarySerializer(serializers.Serializer[Any]):
    registered_today = serializers.IntegerField(help_text=COUNT)
    accepted_today = serializers.IntegerField()
    closed_today = serializers.IntegerField()
    open = serializers.IntegerField(help_text="当前在办")
    overdue = serializers.IntegerField(help_text="当前超期未结")
    on_time_rate = serializers.FloatField(allow_null=True, help_text=RATE)
    on_time_rate_numerator = serializers.FloatField()
    on_time_rate_denominator = serializers.FloatField()
    satisfaction_rate = serializers.FloatField(allow_null=True, help_text=RATE)
    satisfaction_rate_numerator = serializers.FloatField(help_text="基本满意按权重计")
    satisfaction_rate_denominator = serializers.FloatField()


class DomainSummarySerializer(SummarySerializer):
    code = serializers.ChoiceField(choices=Domain.choices)
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)


class IndicatorTileSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    domain = serializers.CharField(help_text="空为全部领域")
    unit = serializers.CharField(help_text="% 表示数值为 0 至 1 的比率，显示时乘以 100")
    precision = serializers.IntegerField(help_text="显示的小数位数")
    value = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    since = serializers.DateTimeField(help_text="此状态自何时起")
    numerator = serializers.FloatField()
    denominator = serializers.FloatField(allow_null=True)
    yellow = serializers.JSONField(allow_null=True, help_text=LIMIT)
    red = serializers.JSONField(allow_null=True, help_text=LIMIT)
    direction = serializers.ChoiceField(choices=Direction.choices)
    computed_at = serializers.DateTimeField()


class StreetFiguresSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    accepted_today = serializers.IntegerField()
    closed_today = serializers.IntegerField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="使其预警或告警的指标名称"
    )


class EventLineSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    at = serializers.DateTimeField()
    action_label = serializers.CharField()
    actor_label = serializers.CharField(help_text="操作人的类别，不含姓名")
    street = serializers.CharField()
    grid = serializers.CharField()
    category = serializers.CharField()
    state_label = serializers.CharField()


class WallSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    area = AreaReferenceSerializer()
    server_time = serializers.DateTimeField()
    summary = SummarySerializer()
    domains = DomainSummarySerializer(many=True)
    indicators = IndicatorTileSerializer(many=True)
    streets = StreetFiguresSerializer(many=True)
    events = EventLineSerializer(many=True)


class GridStateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()


class AreaQuerySerializer(serializers.Serializer[Any]):
    area = serializers.CharField(max_length=20, help_text="区或街道的编码")


class FiguresErrorSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()
    code = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]
