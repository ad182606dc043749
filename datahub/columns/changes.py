"""What changed from one version of a schema to the next, in plain words."""

from collections.abc import Iterator, Sequence
from typing import Any

from datahub.columns.column import Column

WORDS = {
    "label": "名称", "type": "类型", "unit": "单位", "is_required": "必填", "is_key": "主键",
    "pattern": "格式", "code_list": "代码表", "minimum": "下限", "maximum": "上限",
    "personal": "个人信息类别",
}  # fmt: skip


def describe_changes(before: Sequence[Column], after: Sequence[Column]) -> list[str]:
    """Say what is new, gone, changed and moved; nothing where the two are the same."""
    former = {column.name: column for column in before}
    present = {column.name for column in after}
    lines = [
        f"新增列“{column.label}”（{column.name}）" for column in after if column.name not in former
    ]
    lines += [
        f"删除列“{column.label}”（{column.name}）"
        for column in before
        if column.name not in present
    ]
    for column in after:
        if column.name in former:
            lines += _column_changes(former[column.name], column)
    return lines + _order_changes(before, after)


def _column_changes(before: Column, after: Column) -> Iterator[str]:
    for field, word in WORDS.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield f"列“{after.label}”（{after.name}）的{word}由“{_shown(old)}”改为“{_shown(new)}”"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(getattr(value, "label", value)) or "无"


def _order_changes(before: Sequence[Column], after: Sequence[Column]) -> list[str]:
    names = [column.name for column in after]
    kept = [column.name for column in before if column.name in names]
    moved = [name for name in names if name in kept]
    return ["列的顺序有变"] if kept != moved else []
