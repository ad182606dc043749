"""One column of a resource: what its values must be like."""

from collections.abc import Iterable
from dataclasses import dataclass

from datahub.enums import ColumnType, PersonalClass

T = ColumnType
# Types whose minimum and maximum say something; of a text they limit the length.
BOUNDED = frozenset({T.TEXT, T.INTEGER, T.DECIMAL, T.DATE, T.DATETIME})
# Types whose values are strings, which alone a pattern can describe.
STRINGS = frozenset({T.TEXT, T.CODE, T.ID_NUMBER, T.MOBILE, T.USCC})
# Types that are personal data whatever their owner says of them.
ALWAYS_PERSONAL = {T.ID_NUMBER: PersonalClass.ID_NUMBER, T.MOBILE: PersonalClass.PHONE}


@dataclass(frozen=True)
class Column:
    """A column as its schema version says it; `codes` are the codes that are in use now."""

    name: str
    label: str
    type: ColumnType = ColumnType.TEXT
    unit: str = ""
    is_required: bool = False
    is_key: bool = False
    pattern: str = ""
    code_list: str = ""
    codes: tuple[str, ...] = ()
    minimum: str = ""
    maximum: str = ""
    personal: PersonalClass = PersonalClass.NONE

    @property
    def is_personal(self) -> bool:
        return self.personal != PersonalClass.NONE


def key_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """Name the columns that tell one row from another; empty where none do."""
    return tuple(column.name for column in columns if column.is_key)
