"""Deadlines in words."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

register = template.Library()
SOON = timedelta(hours=2)


@register.filter
def until_words(due_at: datetime | None) -> str:
    """Say how long is left, or by how much it is late: 还剩 3 小时 20 分."""
    if due_at is None:
        return _("无时限")
    left = due_at - timezone.now()
    if left < timedelta(0):
        return _("已超 %(span)s") % {"span": span_words(-left)}
    return _("还剩 %(span)s") % {"span": span_words(left)}


@register.filter
def due_state(due_at: datetime | None) -> str:
    """Name the status of a deadline: red when past, yellow within two hours, else normal."""
    if due_at is None:
        return "none"
    left = due_at - timezone.now()
    if left < timedelta(0):
        return "red"
    return "yellow" if left < SOON else "normal"


def span_words(span: timedelta) -> str:
    """Say a span by its two largest units."""
    minutes = int(span.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        text = _("%(days)d 天") % {"days": days}
        return text + (_(" %(hours)d 小时") % {"hours": hours} if hours else "")
    if hours:
        text = _("%(hours)d 小时") % {"hours": hours}
        return text + (_(" %(minutes)d 分") % {"minutes": rest} if rest else "")
    return _("%(minutes)d 分钟") % {"minutes": max(rest, 1)}
