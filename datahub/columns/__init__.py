"""Plain rules of columns and their values: no database, no clock."""

from datahub.columns.changes import describe_changes
from datahub.columns.column import Column, key_of
from datahub.columns.definition import Flaw, find_flaws
from datahub.columns.table_schema import (
    TableSchemaError,
    read_table_schema,
    write_table_schema,
)
from datahub.columns.treatments import (
    PlanError,
    Step,
    is_about_people,
    read_plan,
    suggested,
    treat,
    treatments_for,
)
from datahub.columns.validation import Checked, check_row, check_value

__all__ = [
    "Checked",
    "Column",
    "Flaw",
    "PlanError",
    "Step",
    "TableSchemaError",
    "check_row",
    "check_value",
    "describe_changes",
    "find_flaws",
    "is_about_people",
    "key_of",
    "read_plan",
    "read_table_schema",
    "suggested",
    "treat",
    "treatments_for",
    "write_table_schema",
]
