"""Say how long something may take, and in which kind of time."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class LimitUnit(StrEnum):
    """Name the time in which a limit is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    WORKING_MINUTE = "working_minute"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"

    @property
    def label(self) -> str:
        """Return the Chinese word for the unit."""
        return _LABELS[self]

    @property
    def is_working(self) -> bool:
        """Tell whether only working time counts."""
        return self in _WORKING

    @property
    def is_day(self) -> bool:
        """Tell whether the unit is a day and may run to the end of one."""
        return self in _END_OF_DAY_LABELS


_WORKING = frozenset({LimitUnit.WORKING_MINUTE, LimitUnit.WORKING_HOUR, LimitUnit.WORKING_DAY})
_LABELS = {
    LimitUnit.MINUTE: "分钟",
    LimitUnit.HOUR: "小时",
    LimitUnit.WORKING_MINUTE: "工作分钟",
    LimitUnit.WORKING_HOUR: "工作小时",
    LimitUnit.WORKING_DAY: "工作日",
    LimitUnit.NATURAL_DAY: "自然日",
}
_END_OF_DAY_LABELS = {
    LimitUnit.WORKING_DAY: "（截至当日下班）",
    LimitUnit.NATURAL_DAY: "（截至当日24时）",
}
_UNITS_BY_LABEL = {label: unit for unit, label in _LABELS.items()}
_ENGLISH = re.compile(
    r"(?P<amount>[0-9]{1,6}) +"
    r"(?P<unit>(?:working[ _])?(?:minute|hour)|(?:working|natural)[ _]day)s?"
    r"(?P<end> to (?:the )?end of (?:the )?day)?",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    f"(?P<amount>[0-9]{{1,6}}) ?个?(?P<unit>{'|'.join(_UNITS_BY_LABEL)})"
    f"(?P<end>{'|'.join(_END_OF_DAY_LABELS.values())})?"
)


@dataclass(frozen=True)
class Limit:
    """Hold an amount of time; `to_end_of_day` skips the day of the start and fills the last one."""

    amount: int
    unit: LimitUnit
    to_end_of_day: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or self.amount < 1:
            raise ValueError(f"limit amount must be a whole number above 0, got {self.amount!r}")
        # A database row hands over the bare value; the unit must be the enum all the same.
        object.__setattr__(self, "unit", LimitUnit(self.unit))
        if self.to_end_of_day and not self.unit.is_day:
            raise ValueError(f"only limits in days run to the end of a day, not {self.unit}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "3 working days", "15 natural days to end of day" or the label that `str` gives.

        A bare "3 days" is refused with ValueError, because it does not say which days.
        """
        if match := _ENGLISH.fullmatch(text.strip()):
            unit = LimitUnit(match["unit"].lower().replace(" ", "_"))
        elif match := _CHINESE.fullmatch(text.strip()):
            unit = _UNITS_BY_LABEL[match["unit"]]
        else:
            raise ValueError(f"not a limit: {text!r}")
        return cls(int(match["amount"]), unit, match["end"] is not None)

    def __str__(self) -> str:
        end = _END_OF_DAY_LABELS[self.unit] if self.to_end_of_day else ""
        measure = "个" if self.unit.is_day else ""
        return f"{self.amount}{measure}{self.unit.label}{end}"
