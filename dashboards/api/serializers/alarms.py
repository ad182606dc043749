"""Which alarms are taken up by one act, and which were refused."""

from typing import Any

from rest_framework import serializers

from dashboards.api.serializers.parts import EpisodeSerializer

MOST_AT_ONCE = 1000
LARGEST_ID = 2**63 - 1


class AcknowledgeSerializer(serializers.Serializer[Any]):
    episodes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        min_length=1,
        max_length=MOST_AT_ONCE,
        help_text="告警的 id，即 episodes 中 is_alarm 为 true 者",
    )


class AlarmRefusalSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField(
        help_text="not_found、not_on_duty、never_red、already_acknowledged"
    )
    detail = serializers.CharField()
    acknowledged_by = serializers.CharField(required=False, help_text="先行确认的人")
    acknowledged_at = serializers.DateTimeField(required=False)


class AcknowledgedSerializer(serializers.Serializer[Any]):
    acknowledged = EpisodeSerializer(many=True)
    refused = AlarmRefusalSerializer(many=True)
