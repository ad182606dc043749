"""Fields that refuse or clean what JSON and query strings can carry but people cannot mean."""

import math
import re
from datetime import datetime
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.serializer_helpers import BindingDict

# C0 and C1 controls but tab and newline, bidirectional overrides, and the noncharacters.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class InputSerializer(serializers.Serializer[Any]):
    """A serializer that only reads input, with its fields made once for its class.

    Otherwise all are copied for each instance, which costs more than the validation. Its fields
    must not ask for a context; they hold nothing of a call.
    """

    @cached_property
    def fields(self) -> BindingDict:
        return _kept_fields(type(self))


@cache
def _kept_fields(kind: type[InputSerializer]) -> BindingDict:
    owner = kind()
    fields = BindingDict(owner)
    for name, field in owner.get_fields().items():
        fields[name] = field
    return fields


class CleanCharField(serializers.CharField):
    """A text without control characters, which are dropped; everything else stays as it came."""

    def run_validation(self, data: Any = empty) -> Any:
        # Before anything else: a text of nothing but control characters is a blank one.
        if isinstance(data, str):
            data = CONTROL.sub("", data.replace("\r\n", "\n").replace("\r", "\n"))
        return super().run_validation(data)


class InstantField(serializers.DateTimeField):
    """An instant that says its time zone; a naive time is refused, for it could mean any."""

    default_error_messages = {"naive": _("须带时区，如 2026-11-22T09:00:00+08:00")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)


class LocalInstantField(serializers.DateTimeField):
    """An instant; without an offset it is the district's own time, as a page's input gives it."""

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow", timezone=timezone.get_current_timezone())


class DegreesField(serializers.FloatField):
    """A finite number of degrees; "nan" would pass every comparison with a limit."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value
