"""Importing a catalogue: what it would do, and doing it, all or nothing."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Department, User
from datahub.columns import describe_changes
from datahub.intake import Book, Entry, ListEntry, Problem
from datahub.models import CodeItem, CodeList, Resource
from datahub.selectors import columns_of
from datahub.services.catalogue import publish_schema
from datahub.services.freshness import settle_due
from governance.lib.errors import InvalidError

PLAIN = (
    "name", "description", "frequency", "sharing", "sharing_terms", "is_open", "contact",
    "telephone",
)  # fmt: skip
HEADS = {
    "code": "编码", "name": "名称", "department": "提供部门编码", "description": "摘要",
    "frequency": "更新周期", "sharing": "共享属性", "sharing_terms": "共享条件",
    "is_open": "向社会开放", "contact": "联系岗位", "telephone": "联系电话",
}  # fmt: skip
SHEET = "资源"


@dataclass
class ImportPlan:
    """What an import adds, changes (with words for each change), leaves, and stumbles over."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class ImportRefusedError(InvalidError):
    """A catalogue with problems, of which nothing was imported."""

    code = "import_refused"

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        fields = {"file": [str(problem) for problem in plan.problems[:100]]}
        super().__init__(f"有 {len(plan.problems)} 处问题，没有导入。", fields=fields)


def plan_import(*, book: Book, at: datetime) -> ImportPlan:
    """Say what importing a catalogue would do; nothing is written."""
    with transaction.atomic():
        plan = _import(book, at, None)
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def apply_import(*, book: Book, at: datetime, by: User | None = None) -> ImportPlan:
    """Import a catalogue; raise ImportRefusedError, with nothing written, if anything is wrong.

    What the file does not name stays as it is; nothing is ever removed but codes of a list.
    """
    plan = _import(book, at, by)
    if plan.problems:
        raise ImportRefusedError(plan)
    return plan


def _import(book: Book, at: datetime, by: User | None) -> ImportPlan:
    plan = ImportPlan(problems=list(book.problems))
    for one in book.lists:
        _save_list(one)
    departments = {row.code: row for row in Department.objects.filter(is_active=True)}
    known = {row.code: row for row in Resource.objects.select_related("schema", "department")}
    seen: set[str] = set()
    for entry in book.entries:
        if entry.code in seen:
            plan.problems.append(Problem(SHEET, entry.row, "编码", f"{entry.code} 重复"))
        elif entry.department not in departments:
            message = f"没有部门 {entry.department}"
            plan.problems.append(Problem(SHEET, entry.row, "提供部门编码", message))
        else:
            _import_entry(entry, departments[entry.department], known, plan, (at, by))
        seen.add(entry.code)
    return plan


def _import_entry(
    entry: Entry,
    department: Department,
    known: dict[str, Resource],
    plan: ImportPlan,
    when: tuple[datetime, User | None],
) -> None:
    at, by = when
    former = known.get(entry.code)
    changes = _changes(former, entry) if former else []
    if former and not changes:
        plan.same.append(entry.code)
        return
    resource = former or Resource(code=entry.code)
    resource.department, resource.changed_at = department, at
    for name in PLAIN:
        setattr(resource, name, getattr(entry, name))
    problems = _problems(resource, entry)
    plan.problems += problems
    if problems:
        return
    resource.save()
    if entry.columns:
        try:
            with transaction.atomic():
                publish_schema(resource=resource, columns=entry.columns, at=at, by=by)
        except InvalidError as error:
            words = "；".join(word for words in error.fields.values() for word in words)
            plan.problems.append(Problem(SHEET, entry.row, "数据结构", words or error.detail))
            return
    settle_due(resource=resource)
    if former:
        plan.changed[entry.code] = changes
    else:
        plan.added.append(entry.code)


def _changes(former: Resource, entry: Entry) -> list[str]:
    lines = [
        f"{HEADS[name]}有变" for name in PLAIN if getattr(former, name) != getattr(entry, name)
    ]
    if former.department.code != entry.department:
        lines.append(f"提供部门改为 {entry.department}")
    if entry.columns:
        lines += describe_changes(columns_of(former.schema), entry.columns)
    return lines


def _problems(resource: Resource, entry: Entry) -> list[Problem]:
    try:
        resource.full_clean(exclude=["schema"])
    except ValidationError as error:
        found = error.message_dict
        return [
            Problem(SHEET, entry.row, HEADS.get(name, "共享条件"), str(message))
            for name, messages in found.items()
            for message in messages
        ]
    return []


def _save_list(one: ListEntry) -> None:
    """Bring a code list to what the file says."""
    saved, _ = CodeList.objects.update_or_create(
        code=one.code, defaults={"name": one.name, "source": one.source}
    )
    saved.items.exclude(code__in=[code for code, _ in one.items]).delete()
    CodeItem.objects.bulk_create(
        (
            CodeItem(code_list=saved, code=code, label=label, position=position)
            for position, (code, label) in enumerate(one.items)
        ),
        update_conflicts=True,
        unique_fields=["code_list", "code"],
        update_fields=["label", "position"],
    )
