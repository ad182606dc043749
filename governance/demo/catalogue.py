"""Reference data of the demo: categories, time limits, the calendar and the channels."""

from accounts.models import Department
from governance.demo import limits
from governance.demo.matters import GROUPS, Group, leaf_code
from workorders.enums import Nature
from workorders.intake import ADAPTERS
from workorders.models import Category, Channel, TimeLimit
from workorders.selectors import official_year
from workorders.services import issue_token, kept_tokens
from workorders.services.calendar import enter_official_year

CALENDAR_YEARS = (2025, 2026)
CHANNELS = {
    "hotline": ("12345政务服务热线", Nature.HELP),
    "patrol": ("大联勤巡查", Nature.PATROL),
    "police": ("110非警务警情", Nature.HELP),
    "petition": ("信访", Nature.PETITION),
    "public": ("公众上报", Nature.HELP),
}


def load_categories(departments: dict[str, Department]) -> dict[str, Category]:
    """Make the categories that are missing; those that an administrator changed stay so."""
    for group in GROUPS:
        _load_group(group, departments)
    return {category.code: category for category in Category.objects.all()}


def _load_group(group: Group, departments: dict[str, Department]) -> None:
    known = set(Category.objects.filter(code__startswith=group.code).values_list("code", flat=True))
    shared = {"domain": group.domain, "is_demo": True}
    parent, _ = Category.objects.get_or_create(
        code=group.code,
        defaults={"name": group.name, "department": departments[group.department], **shared},
    )
    Category.objects.bulk_create(
        Category(
            code=leaf_code(group, position),
            name=name,
            parent=parent,
            department=departments[department or group.department],
            is_grid_matter=is_grid_matter,
            keywords=[word for word in words.split() if len(word) > 1],
            **shared,
        )
        for position, (name, words, is_grid_matter, department) in enumerate(group.leaves, start=1)
        if leaf_code(group, position) not in known
    )


def load_limits(categories: dict[str, Category]) -> None:
    """Make the time limits that are missing."""
    channels = {channel.code: channel for channel in Channel.objects.all()}
    TimeLimit.objects.bulk_create(
        (
            TimeLimit(
                clock=row.clock,
                category=categories[row.category] if row.category else None,
                urgency=row.urgency,
                channel=channels[row.channel] if row.channel else None,
                amount=row.amount,
                unit=row.unit,
                is_to_end_of_day=row.is_to_end_of_day,
            )
            for row in limits.rows()
        ),
        ignore_conflicts=True,
    )


def load_calendar() -> None:
    """Enter the official days of the demo's years; a year that is entered already stays."""
    for year in CALENDAR_YEARS:
        if not official_year(year=year).entered:
            enter_official_year(year=year)


def load_channels() -> dict[str, Channel]:
    """Make the channels, each with its token of this installation."""
    tokens = channel_tokens()
    for code, (name, nature) in CHANNELS.items():
        channel, is_new = Channel.objects.get_or_create(
            code=code, defaults={"name": name, "adapter": code, "default_nature": nature}
        )
        # A token that an administrator gave stays; the traffic then has no business there.
        if is_new or not channel.token_digest:
            issue_token(channel=channel, token=tokens[code])
    return {channel.code: channel for channel in Channel.objects.all()}


def channel_tokens() -> dict[str, str]:
    """Read the channels' tokens of this installation; the first call makes them."""
    return kept_tokens(channels=ADAPTERS)
