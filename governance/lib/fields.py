"""Fields that refuse or clean what JSON and query strings can carry but people cannot mean."""

import math
import re
from typing import Any

from rest_framework import serializers

# C0 and C1 controls but tab and newline, bidirectional overrides, and the noncharacters.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class CleanCharField(serializers.CharField):
    """A text without control characters, which are dropped; everything else stays as it came."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str):
            data = CONTROL.sub("", data.replace("\r\n", "\n").replace("\r", "\n"))
        return super().to_internal_value(data)


class DegreesField(serializers.FloatField):
    """A finite number of degrees; "nan" would pass every comparison with a limit."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool):
            self.fail("invalid")
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value
