"""Parts that several answers share; rates are shares between 0 and 1."""

from typing import Any

from rest_framework import serializers

from dashboards.enums import Direction, IndicatorState
from workorders.enums import Domain

PAGE_KINDS = ["domain", "theme"]
COUNT = "今日数以上海时间的自然日计"
RATE = "0 至 1 之间的比率；没有分母时为 null"


class AreaReferenceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class LimitSerializer(serializers.Serializer[Any]):
    """Reached at or beneath `low`, or at or above `high`; null where there is none."""

    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class SignSerializer(serializers.Serializer[Any]):
    """An indicator with its newest value, and what is needed to read and to judge it."""

    code = serializers.CharField()
    name = serializers.CharField()
    domain = serializers.CharField(help_text="生命体征所属领域；专题指标为空")
    theme = serializers.CharField(help_text="专题指标所属专题；生命体征为空")
    unit = serializers.CharField(help_text="% 表示数值为 0 至 1 的比率，显示时乘以 100")
    precision = serializers.IntegerField(help_text="显示的小数位数")
    direction = serializers.ChoiceField(choices=Direction.choices)
    interval_seconds = serializers.IntegerField(allow_null=True, help_text="应更新间隔；空为实时")
    owner = serializers.CharField(help_text="责任部门")
    value = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    since = serializers.DateTimeField(allow_null=True, help_text="此状态自何时起")
    numerator = serializers.FloatField()
    denominator = serializers.FloatField(allow_null=True)
    yellow = LimitSerializer(help_text="此刻的预警阈值")
    red = LimitSerializer(help_text="此刻的告警阈值")
    observed_at = serializers.DateTimeField(allow_null=True, help_text="数值本身的时间")
    computed_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField(help_text="版次；推送中版次更小的数值已过时")
    series = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        required=False,
        help_text="近 24 小时逐时数值，末项为现值",
    )


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    points = serializers.FloatField(help_text="恢复正常后指数可回升的分数")


class ScoreSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True, help_text="0 至 100；全无数据时为 null")
    confidence = serializers.FloatField(help_text="有数据的权重占比，0 至 1")
    reasons = ReasonSerializer(many=True, help_text="扣分最多的几项")
    reason_count = serializers.IntegerField(help_text="扣分项总数")


class DomainScoreSerializer(ScoreSerializer):
    code = serializers.ChoiceField(choices=Domain.choices)
    name = serializers.CharField()


class IndexSerializer(ScoreSerializer):
    domains = DomainScoreSerializer(many=True)


class DutySerializer(serializers.Serializer[Any]):
    leader = serializers.CharField(help_text="带班领导")
    officers = serializers.ListField(child=serializers.CharField(), help_text="值班员")
    until = serializers.DateTimeField(allow_null=True)


class EpisodeSerializer(serializers.Serializer[Any]):
    """A stretch of yellow or red; `is_alarm` asks for an acknowledgement."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    area = AreaReferenceSerializer()
    began_at = serializers.DateTimeField()
    red_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    is_alarm = serializers.BooleanField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField()
    order = serializers.CharField(help_text="由此派出的工单号")
    revision = serializers.IntegerField()


class PageSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(choices=PAGE_KINDS)
    name = serializers.CharField()


class PageTallySerializer(PageSerializer):
    value = serializers.CharField(help_text="领域或专题的代码")
    states = serializers.DictField(child=serializers.IntegerField(), help_text="各状态指标数")


class WallHeadSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    area = AreaReferenceSerializer()
    server_time = serializers.DateTimeField()
    duty = DutySerializer()
    episodes = EpisodeSerializer(many=True)
    index = IndexSerializer()
    tally = serializers.DictField(child=serializers.IntegerField(), help_text="各状态生命体征数")
    pages = PageTallySerializer(many=True)
