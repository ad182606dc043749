import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from governance.lib.errors import DomainError
from grids.enums import AreaLevel, Crs
from grids.geometry import Defect, DefectKind
from grids.services import (
    AreaFile,
    BrokenCoverageError,
    FieldNames,
    LoadPlan,
    load_areas,
    plan_load,
    read_areas,
)

LEVELS = {level.name.lower(): level for level in AreaLevel}
BROKEN = 2
WORDS = {
    DefectKind.OVERLAP: "重叠",
    DefectKind.GAP: "缝隙",
    DefectKind.OUTSIDE: "超出上级",
    DefectKind.INVALID: "无效",
    DefectKind.DUPLICATE: "重复",
}


class Command(BaseCommand):
    """Load areas of one level from a file, or say what is wrong with them."""

    help = "从 GeoJSON、Shapefile、GeoPackage 或 KML 文件载入一个层级的区域及边界。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="文件；Shapefile 可为 .zip")
        parser.add_argument("--level", required=True, choices=LEVELS, help="区域层级")
        parser.add_argument("--crs", required=True, choices=Crs.values, help="文件的坐标系")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--keep-good", action="store_true", help="有缺陷时只载入无误的区域")
        parser.add_argument("--layer", default="", help="图层名（文件有多个图层时）")
        names = FieldNames()
        for field in ("code", "name", "parent", "kind"):
            default = getattr(names, field)
            parser.add_argument(f"--{field}-field", default=default, help=f"字段名，默认 {default}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = self._run(options)
        except BrokenCoverageError as error:
            self._show(error.plan, options)
            raise CommandError(error.detail, returncode=BROKEN) from error
        except DomainError as error:
            if options["json"]:
                self._print_json(error.as_json())
            raise CommandError(error.detail) from error
        self._show(plan, options)

    def _run(self, options: dict[str, Any]) -> LoadPlan:
        level = LEVELS[options["level"]]
        file = AreaFile(
            path=options["file"],
            level=level,
            crs=Crs(options["crs"]),
            fields=FieldNames(
                **{name: options[f"{name}_field"] for name in ("code", "name", "parent", "kind")}
            ),
            layer=options["layer"],
        )
        rows = read_areas(file)
        if options["dry_run"]:
            return plan_load(rows=rows, level=level, keep_good=options["keep_good"])
        return load_areas(
            rows=rows,
            level=level,
            source=file.path.name,
            crs=file.crs,
            at=timezone.now(),
            keep_good=options["keep_good"],
        )

    def _show(self, plan: LoadPlan, options: dict[str, Any]) -> None:
        if options["json"]:
            head = {"file": str(options["file"]), "level": options["level"], "crs": options["crs"]}
            self._print_json({**head, "loaded": plan.is_loaded, **plan.as_dict()})
            return
        for defect in plan.report.defects:
            self.stdout.write(_line(defect))
        self.stdout.write(_summary(plan))

    def _print_json(self, content: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=1))


def _line(defect: Defect) -> str:
    place = "" if defect.lon is None else f" @ {defect.lon:.6f},{defect.lat:.6f}"
    size = f"{defect.size_m2:,.1f} m²"
    detail = f"（{defect.detail}）" if defect.detail else ""
    return f"{WORDS[defect.kind]} {size}{place}  {' '.join(defect.codes)}{detail}"


def _summary(plan: LoadPlan) -> str:
    counts = {
        "新增": plan.created,
        "变更": plan.changed,
        "不变": plan.unchanged,
        "停用": plan.closed,
        "跳过": plan.skipped,
    }
    numbers = "，".join(f"{word} {len(codes)}" for word, codes in counts.items())
    lines = [f"{plan.report.areas} 个区域，{len(plan.report.defects)} 处缺陷；{numbers}。"]
    if plan.bare_parents:
        lines.append(f"没有下级区域的上级：{' '.join(plan.bare_parents)}")
    lines.append("已载入。" if plan.is_loaded else "未写入。")
    return "\n".join(lines)
