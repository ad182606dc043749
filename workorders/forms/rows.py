"""Fields that repeat in an act's form, such as the parts of an order, as the page posts them.

A part's text comes as `parts-0-text`, its limit as `parts-0-due_at`, its holder as
`parts-0-department` or `parts-0-grid` with the words of its search box as `parts-0-holder_words`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from workorders.enums import Action

NAME = re.compile(r"^(parts|departments)-([0-9])-(department|grid|text|due_at|holder_words)$")
# The rows that a form offers; the API takes more.
OFFERED = {Action.SPLIT: ("parts", 5), Action.ASSIST: ("departments", 4)}


def typed_rows(posted: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Group what was typed by field and row, without the rows that were left empty."""
    found: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in posted.items():
        match = NAME.match(name)
        if match and value.strip():
            rows = found.setdefault(match[1], {})
            rows.setdefault(int(match[2]), {})[match[3]] = value
    return {name: [rows[index] for index in sorted(rows)] for name, rows in found.items()}


def nested(posted: Mapping[str, str]) -> dict[str, Any]:
    """Bring the rows of a posted form into the shape that the API takes."""
    rows = typed_rows(posted)
    shaped: dict[str, Any] = {}
    if "parts" in rows:
        shaped["parts"] = [
            {name: value for name, value in row.items() if name != "holder_words"}
            for row in rows["parts"]
        ]
    if "departments" in rows:
        shaped["departments"] = [row.get("department", "") for row in rows["departments"]]
    return shaped


def unpicked(posted: Mapping[str, str]) -> dict[str, list[str]]:
    """Find rows in which a holder's words were typed but nothing was chosen from the list."""
    return {
        f"{name}.{index}.holder": [_("请从列表中选择")]
        for name, rows in typed_rows(posted).items()
        for index, row in enumerate(rows)
        if row.get("holder_words") and not (row.get("department") or row.get("grid"))
    }


def is_of_row(path: str) -> bool:
    """Tell whether an error belongs to one row of a repeated field."""
    return path.split(".", maxsplit=1)[0] in ("parts", "departments") and "." in path


def errors_of(name: str, index: int, errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give what is wrong in one row: with its text or limit, or (all else) with its holder."""
    wrong: dict[str, list[str]] = {"text": [], "due_at": [], "holder": []}
    for path, texts in errors.items():
        if path == f"{name}.{index}" or path.startswith(f"{name}.{index}."):
            name_of_field = path.rsplit(".", maxsplit=1)[-1]
            wrong[name_of_field if name_of_field in wrong else "holder"] += texts
    return wrong
