"""`manage.py load_indicators`: the catalogue of indicators from files, compared or taken over."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboards.indicators import (
    Definition,
    Difference,
    Names,
    differences,
    new_faults,
    read_files,
    shipped_files,
    standing_definitions,
    write_catalogue,
)
from dashboards.indicators.definitions import WORDS
from dashboards.indicators.writing import ROW
from dashboards.services.catalogue import Loaded, load_indicators, update_indicators
from governance.lib.errors import InvalidError

DIFFERS, FAULTY = 1, 2


class Command(BaseCommand):
    """Load, compare or export indicators; a file with any fault changes nothing."""

    help = (
        "载入指标目录。不给文件时用随系统发布的目录；只补缺少的指标，已有的保持原样。"
        "有任何错误则逐条列出，不作改动，返回 2。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="文件", help="YAML 文件")
        way = parser.add_mutually_exclusive_group()
        way.add_argument(
            "--diff", action="store_true", help="只逐项列出文件与数据库的不同；有不同返回 1"
        )
        way.add_argument("--update", action="store_true", help="已有的指标也改成文件所写")
        way.add_argument("--export", type=Path, metavar="文件", help="把数据库中的指标写成文件")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["export"]:
            if options["files"]:
                raise CommandError("--export 只写出，不能同时给要载入的文件")
            return self._export(options["export"])
        rows = read_files(options["files"] or shipped_files())
        if options["diff"]:
            return self._diff(rows)
        try:
            loaded = (
                update_indicators(definitions=rows)
                if options["update"]
                else load_indicators(definitions=rows)
            )
        except InvalidError as error:
            self._refuse(error.fields["indicators"])
        return self._tell(loaded, rows)

    def _export(self, path: Path) -> None:
        rows = standing_definitions()
        try:
            path.write_text(write_catalogue(rows), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"不能写入 {path}：{error.strerror}") from error
        self.stdout.write(f"已写出 {len(rows)} 个指标：{path}")

    def _diff(self, rows: Sequence[Definition]) -> None:
        standing = standing_definitions()
        codes = {str(row.code) for row in rows}
        if faults := new_faults(rows, standing=standing, replaced=codes):
            self._refuse([str(fault) for fault in faults])
        names = Names()
        settled = [names.settle(row) for row in rows]
        self._warn(warning for _, some in settled for warning in some)
        found = differences([row for row, _ in settled], standing=standing)
        for one in found:
            self.stdout.write(describe(one))
        if others := [row.code for row in standing if row.code not in codes]:
            self.stdout.write(f"另有 {len(others)} 个指标只在数据库中：{'、'.join(others)}")
        self.stdout.write(f"共比对 {len(rows)} 个指标，不同 {len(found)} 处")
        if found:
            sys.exit(DIFFERS)

    def _tell(self, loaded: Loaded, rows: Sequence[Definition]) -> None:
        self._warn(loaded.warnings)
        same = len(rows) - len(loaded.added) - len(loaded.changed)
        self.stdout.write(
            f"新增 {len(loaded.added)} 个指标，修改 {len(loaded.changed)} 个，未动 {same} 个"
        )

    def _warn(self, warnings: Any) -> None:
        for warning in warnings:
            self.stderr.write(f"提醒：{warning}")

    def _refuse(self, faults: Sequence[str]) -> None:
        for fault in faults:
            self.stderr.write(fault)
        raise CommandError(f"{len(faults)} 处错误，未作任何改动。", returncode=FAULTY)


def describe(one: Difference) -> str:
    """Say what the file would change."""
    if not one.field:
        return f"{one.code}：数据库中没有"
    word = WORDS.get(one.field, one.field)
    return f"{one.code}（{word}）：数据库 {_plain(one.standing)} → 文件 {_plain(one.written)}"


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "；".join(map(_plain, value)) or "空"
    if isinstance(value, Mapping):
        return "，".join(f"{name} {value[name]}" for name in ROW if name in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "空" if value in ("", None) else str(value)
