"""What the page of one indicator reads, the orders behind it, and a past stretch of time."""

from typing import Any

from rest_framework import serializers

from dashboards.api.serializers.parts import (
    EpisodeSerializer,
    IndexSerializer,
    LimitSerializer,
    PageSerializer,
    SignSerializer,
    WallHeadSerializer,
)
from dashboards.enums import IndicatorState
from governance.lib.fields import CleanCharField, InstantField

HOURS = (1, 6, 24, 168, 720)
LONGEST_PLAYBACK = 180


class HistoryPointSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    value = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=IndicatorState.choices, allow_null=True)


class HistorySerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    points = HistoryPointSerializer(many=True)


class StretchSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)


class ChangeSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    value = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()


class ThresholdRowSerializer(serializers.Serializer[Any]):
    level = serializers.CharField(help_text="只对此层级的区域；不分层级的为空")
    months = serializers.CharField(help_text="如 11-3；空为全年")
    hours = serializers.CharField(help_text="如 22-6；空为全天")
    yellow = LimitSerializer()
    red = LimitSerializer()


class AreaValueSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=IndicatorState.choices)
    since = serializers.DateTimeField(allow_null=True)


class IndicatorPageSerializer(WallHeadSerializer):
    sign = SignSerializer()
    page = PageSerializer()
    definition = serializers.CharField()
    formula = serializers.CharField()
    formula_words = serializers.CharField()
    source_label = serializers.CharField()
    window_label = serializers.CharField()
    direction_label = serializers.CharField()
    hysteresis = serializers.FloatField()
    minimum_seconds = serializers.IntegerField()
    order_at_label = serializers.CharField()
    table = ThresholdRowSerializer(many=True)
    history = HistorySerializer()
    stretches = StretchSerializer(many=True)
    changes = ChangeSerializer(many=True)
    past_episodes = EpisodeSerializer(many=True)
    areas = AreaValueSerializer(many=True)


class HoursQuerySerializer(serializers.Serializer[Any]):
    hours = serializers.ChoiceField(choices=HOURS, default=24, help_text="曲线回看的小时数")


class RowsQuerySerializer(serializers.Serializer[Any]):
    area = CleanCharField(max_length=20, required=False, help_text="大屏区域之下的区域编码")


class IndicatorOrderSerializer(serializers.Serializer[Any]):
    """A screen without a person gets number and state alone."""

    number = serializers.CharField()
    state = serializers.CharField()
    category = serializers.CharField(required=False)
    place = serializers.CharField(required=False)
    holder = serializers.CharField(required=False)
    registered_at = serializers.DateTimeField(required=False)
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    is_overdue = serializers.BooleanField(required=False)


class IndicatorOrdersSerializer(serializers.Serializer[Any]):
    is_counted = serializers.BooleanField(help_text="该指标是否由工单计得")
    total = serializers.IntegerField()
    rows = IndicatorOrderSerializer(many=True)


class PlaybackQuerySerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_PLAYBACK, default=60)

    def get_fields(self) -> dict[str, Any]:
        """Add the field whose name is a word of the language."""
        return {"from": InstantField(help_text="回放起点"), **super().get_fields()}


class StandingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=IndicatorState.choices)


class PlaybackStepSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    rows = StandingSerializer(many=True)
    index = IndexSerializer()


class PlaybackSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    steps = PlaybackStepSerializer(many=True)
