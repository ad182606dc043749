"""Covering what a value tells about a person."""

from collections.abc import Callable, Mapping

from datahub.columns.column import Column
from datahub.enums import PersonalClass
from governance.lib.masking import mask_id_number, mask_name, mask_phone

P = PersonalClass
ADDRESS_SHOWN = 6  # characters: about the district


def mask_address(text: str) -> str:
    return f"{text[:ADDRESS_SHOWN]}***" if len(text) > ADDRESS_SHOWN else "***"


def mask_all(text: str) -> str:
    return "***" if text else ""


MASKS: Mapping[PersonalClass, Callable[[str], str]] = {
    P.NAME: mask_name,
    P.ID_NUMBER: mask_id_number,
    P.PHONE: mask_phone,
    P.ADDRESS: mask_address,
    P.SENSITIVE: mask_all,
}


def mask(column: Column, value: str | None) -> str | None:
    """Cover a value of a personal column as its class asks; of others, leave it as it is."""
    if value is None or not column.is_personal:
        return value
    return MASKS[column.personal](value)
