"""Values of indicators as pages spell them."""

from django import template

from dashboards.models import Indicator
from dashboards.states.wire import to_wire

register = template.Library()
STEPS = ((86400, "天"), (3600, "小时"), (60, "分钟"), (1, "秒"))


@register.filter
def measured(value: float | None, indicator: Indicator) -> str:
    """Spell a value with the indicator's decimals and unit; shares in percent."""
    if value is None:
        return "—"
    number = f"{to_wire(value, unit=indicator.unit):.{indicator.precision}f}"
    return f"{number} {indicator.unit}".rstrip()


@register.filter
def every(seconds: int | None) -> str:
    """Spell an interval in its largest whole unit."""
    for size, word in STEPS:
        if seconds and seconds % size == 0:
            return f"{seconds // size} {word}"
    return "—"
