"""Setting up indicators and walls."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from django.db import transaction
from django.db.models import Max

from dashboards.indicators import (
    INDEX,
    Definition,
    Fault,
    Names,
    columns_of,
    differences,
    new_faults,
    read_files,
    shipped_files,
    standing_definitions,
)
from dashboards.models import IndexRule, Indicator, Wall
from governance.lib.errors import InvalidError
from grids.models import Area


@dataclass(frozen=True)
class Loaded:
    """What a load did: the codes that it added and changed, and what it could not place."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    warnings: tuple[str, ...]


@transaction.atomic
def load_indicators(*, definitions: Sequence[Definition] | None = None) -> Loaded:
    """Add the indicators that are missing; those that exist keep what was edited.

    Without definitions the shipped catalogue is loaded. Raises InvalidError with every fault of
    every row; then nothing is written.
    """
    rows = read_files(shipped_files()) if definitions is None else definitions
    standing = standing_definitions()
    known = {row.code for row in standing}
    missing = [row for row in rows if str(row.code) not in known]
    _refuse_faults([
        *new_faults(rows, standing=standing, replaced=_codes(rows)),
        *new_faults(missing, standing=standing, replaced=()),
    ])  # fmt: skip
    loaded = _write(missing, standing)
    ensure_index_rule()
    return loaded


@transaction.atomic
def update_indicators(*, definitions: Sequence[Definition]) -> Loaded:
    """Take indicators over as they are written, and add those that are missing.

    Those that are not written stay. Raises InvalidError with every fault; then nothing is written.
    """
    standing = standing_definitions()
    replaced = _codes(definitions)
    _refuse_faults(new_faults(definitions, standing=standing, replaced=replaced))
    return _write(definitions, standing)


def _codes(definitions: Sequence[Definition]) -> set[str]:
    # What was read from a file may be anything as yet.
    return {str(row.code) for row in definitions}


def _refuse_faults(faults: Sequence[Fault]) -> None:
    if faults:
        named = list(dict.fromkeys(str(fault) for fault in faults))
        raise InvalidError("指标目录有误，未作任何改动。", fields={"indicators": named})


def _write(definitions: Sequence[Definition], standing: Sequence[Definition]) -> Loaded:
    """Write what differs; new ones come after all others, in the order of the file."""
    names = Names()
    settled = [names.settle(row) for row in definitions]
    rows = [row for row, _ in settled]
    known = {row.code for row in standing}
    differing = {one.code for one in differences(rows, standing=standing)}
    added = [row for row in rows if row.code not in known]
    changed = [row for row in rows if row.code in known and row.code in differing]
    last = Indicator.objects.aggregate(last=Max("position"))["last"] or 0
    Indicator.objects.bulk_create(
        Indicator(**columns_of(row, names=names), position=position)
        for position, row in enumerate(added, start=last + 1)
    )
    for row in changed:
        Indicator.objects.filter(code=row.code).update(**columns_of(row, names=names))
    return Loaded(
        added=tuple(row.code for row in added),
        changed=tuple(row.code for row in changed),
        warnings=tuple(warning for _, some in settled for warning in some),
    )


def ensure_index_rule() -> IndexRule:
    """Give the rule of the index that is in force; the shipped one where there is none."""
    content = yaml.safe_load(INDEX.read_text(encoding="utf-8"))
    name = content.pop("name")
    rule = IndexRule.objects.filter(is_active=True).first()
    return rule or IndexRule.objects.create(name=name, **content)


@transaction.atomic
def put_in_force(*, rule: IndexRule) -> None:
    """Let a rule make the index from now on, in place of the one that did."""
    IndexRule.objects.exclude(pk=rule.pk).filter(is_active=True).update(is_active=False)
    rule.is_active = True
    rule.save(update_fields=["is_active"])


def ensure_wall(*, slug: str, title: str, area: Area) -> Wall:
    """Give the wall of this address; make it, showing every indicator, where it is missing."""
    wall, _ = Wall.objects.get_or_create(slug=slug, defaults={"title": title, "area": area})
    return wall
