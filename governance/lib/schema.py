"""What every operation of the API documents alike."""

from typing import Any

from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """A refusal: a sentence for people, a code for machines, the fields at fault."""

    detail = serializers.CharField()
    code = serializers.CharField()
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField())
    )


ERRORS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
