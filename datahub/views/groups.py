"""The rows of a resource in groups: what is asked stands in the address; a table with bars."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datahub.columns.grouping import Grouping
from datahub.models import Resource
from datahub.querysets import Reader
from datahub.selectors import resource_for
from datahub.selectors.catalogue import labels_of_codes
from datahub.selectors.grouping import Groups, group_rows, grouping_of, offered
from datahub.selectors.rows import UNFILTERED, RowsQuery, revealing_query, rows_query
from datahub.services.groups import reveal_groups
from datahub.views.catalogue import page_reader
from datahub.views.rows import purpose_of
from governance.lib.errors import DomainError
from governance.lib.fields import CONTROL
from governance.lib.requests import client_address

SHOWN = 200
PLACES = 2  # to choose keys and figures in
SIGNS = (("", "="), ("gte", "≥"), ("lte", "≤"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def groups(request: HttpRequest, code: str) -> HttpResponse:
    """Show groups of rows; a POST with a purpose shows the same ones as they are, once."""
    reader = page_reader(request)
    found = resource_for(code=code, reader=reader)
    query = rows_query(resource=found, reader=reader, given={})
    asked = _read(request)
    problem, answered = "", None
    status = 200
    try:
        # Nobody has asked anything yet who opens the page.
        if request.method == "POST" or request.GET:
            answered = _answered(request, found, reader, asked)
    except DomainError as error:
        problem, status = _told(error), error.status
    may_reveal = any(column.is_personal for column in query.columns)
    may_reveal = may_reveal and reader.reveals_some(found)
    context = {
        "resource": found,
        "asked": asked,
        "choices": _choices(query, found, reader, may_reveal),
        "signs": SIGNS,
        "places": range(PLACES),
        "problem": problem,
        "answered": answered,
        "is_revealed": request.method == "POST" and answered is not None,
        "may_reveal": may_reveal,
        "sheet": urlencode(_address(asked)),
        **(_table(answered) if answered else {}),
    }
    return render(request, "hub/groups.html", context, status=status)


def _read(request: HttpRequest) -> dict[str, Any]:
    """Read what is asked: lists of keys and figures, and one condition."""

    def listed(name: str) -> list[str]:
        given = [CONTROL.sub("", one).strip() for one in request.GET.getlist(name)]
        return [one for one in given if one][:8]

    column, sign, value = (
        CONTROL.sub("", request.GET.get(name, "")).strip()[:400]
        for name in ("column", "sign", "value")
    )
    conditions = {f"{column}__{sign}" if sign else column: value} if column and value else {}
    return {
        "by": listed("by"), "figures": listed("figures"), "column": column, "sign": sign,
        "value": value, "conditions": conditions,
    }  # fmt: skip


def _answered(
    request: HttpRequest, found: Resource, reader: Reader, asked: Mapping[str, Any]
) -> Groups:
    is_open = request.method == "POST"
    purpose = purpose_of(request) if is_open else ""
    make = revealing_query if is_open else rows_query
    query = make(resource=found, reader=reader, given=asked["conditions"])
    grouping = grouping_of(query, by=",".join(asked["by"]), figures=",".join(asked["figures"]))
    if not is_open:
        return group_rows(query, grouping)
    return reveal_groups(
        query=query, grouping=grouping, by=request.user, purpose=purpose,  # type: ignore[arg-type]
        address=client_address(request), at=timezone.now(),
    )  # fmt: skip


def _told(error: DomainError) -> str:
    """Say what is wrong and where, in words of the form."""
    reasons = [reason for why in error.fields.values() for reason in why]
    return "；".join(dict.fromkeys([error.detail, *reasons])) if reasons else error.detail


def _choices(
    query: RowsQuery, found: Resource, reader: Reader, may_reveal: bool
) -> dict[str, Sequence[Any]]:
    wider = revealing_query(resource=found, reader=reader, given={}) if may_reveal else query
    keys, figures = offered(wider)
    columns = [
        one
        for one in wider.columns
        if one.type not in UNFILTERED and (may_reveal or not one.is_personal)
    ]
    return {"keys": keys, "figures": figures, "columns": columns}


def _table(groups: Groups) -> dict[str, Any]:
    """Give lines to show: keys in words, the number of rows with a bar, and figures."""
    shown = groups.found[:SHOWN]
    most = max((one.rows for one in shown), default=0) or 1
    words = _words(groups.grouping)
    return {
        "lines": [
            {
                "keys": [_word(key, known) for key, known in zip(one.keys, words, strict=True)],
                "rows": one.rows,
                "bar": round(100 * one.rows / most, 1),
                "figures": [_figure(value) for value in one.figures],
            }
            for one in shown
        ],
        "more": len(groups.found) - len(shown),
        "whole": sum(one.rows for one in groups.found),
    }


def _words(grouping: Grouping) -> list[dict[str, str]]:
    return [labels_of_codes(key.column.code_list) for key in grouping.keys]


def _word(value: Any, known: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "（空）"
    return known.get(value) or str(value) or "（空文本）"


def _figure(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else str(value)


def _address(asked: Mapping[str, Any]) -> dict[str, str]:
    """Give what the API is asked for the same groups."""
    own = {"by": ",".join(asked["by"]), "figures": ",".join(asked["figures"])}
    return {**{name: text for name, text in own.items() if text}, **asked["conditions"]}
