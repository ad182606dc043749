"""What the pages of a wall read."""

from typing import Any

from rest_framework import serializers

from dashboards.api.serializers.parts import (
    COUNT,
    RATE,
    PageSerializer,
    ScoreSerializer,
    SignSerializer,
    WallHeadSerializer,
)
from dashboards.enums import IndicatorState
from workorders.enums import Domain


class WeekAgoSerializer(serializers.Serializer[Any]):
    registered_today = serializers.IntegerField()
    accepted_today = serializers.IntegerField()
    closed_today = serializers.IntegerField()


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


class WallSerializer(WallHeadSerializer):
    signs = SignSerializer(many=True, help_text="全部生命体征；上墙磁贴另有 series")
    chosen = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="各领域上墙磁贴的指标编码",
    )
    summary = SummarySerializer()
    a_week_ago = WeekAgoSerializer(help_text="上周同日截至同一时刻")
    domains = DomainSummarySerializer(many=True)
    streets = StreetFiguresSerializer(many=True)
    events = EventLineSerializer(many=True)


class GridStateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()


class WallPageSerializer(WallHeadSerializer):
    page = PageSerializer()
    score = ScoreSerializer(allow_null=True, help_text="领域指数；专题为 null")
    signs = SignSerializer(many=True)


class AreaQuerySerializer(serializers.Serializer[Any]):
    area = serializers.CharField(max_length=20, help_text="区或街道的编码")
