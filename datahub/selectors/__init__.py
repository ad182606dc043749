from datahub.selectors.catalogue import (
    code_lists,
    columns_of,
    columns_of_many,
    find_resources,
    history_of,
    resource_for,
)
from datahub.selectors.readers import read_reader

__all__ = [
    "code_lists",
    "columns_of",
    "columns_of_many",
    "find_resources",
    "history_of",
    "read_reader",
    "resource_for",
]
