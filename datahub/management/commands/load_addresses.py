"""`manage.py load_addresses`: standard addresses from a file or a resource of the catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from shapely import Point as Shape

from datahub.columns import Column, check_row
from datahub.columns.sql import name
from datahub.enums import ColumnType
from datahub.intake.files import Record, is_archive, read_csv, scan_csv
from datahub.intake.tables import read_workbook
from datahub.models import Resource
from datahub.selectors import columns_of
from governance.lib.errors import DomainError
from grids.enums import Crs
from grids.geometry import to_wgs84
from grids.services.addresses import KnownAddress, save_addresses

COLUMNS = (
    Column("code", "编码", maximum="40"),
    Column("address", "地址", is_required=True, maximum="200"),
    Column("point", "坐标", ColumnType.POINT, is_required=True),
)
SHOWN, BATCH = 20, 2000


class Command(BaseCommand):
    help = "载入标准地址：CSV 或 xlsx（列：编码、地址、坐标“经度,纬度”），或目录中的一个资源。"

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--file", type=Path, help="CSV 或 xlsx 文件")
        source.add_argument("--resource", help="资源编码；用其地址列和坐标点列")
        parser.add_argument("--crs", choices=Crs.values, default=Crs.WGS84, help="文件的坐标系")
        for column, label in (("code", "编码"), ("address", "地址")):
            parser.add_argument(f"--{column}-column", default=column, help=f"资源中的{label}列")
        parser.add_argument("--point-column", default="point", help="资源中的坐标点列")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = self._of_file(options) if options["file"] else self._of_resource(options)
            added = known = 0
            batch: list[KnownAddress] = []
            for one in found:
                batch.append(one)
                if len(batch) == BATCH:
                    new, old = save_addresses(addresses=batch)
                    added, known, batch = added + new, known + old, []
            new, old = save_addresses(addresses=batch)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"新增 {added + new} 条，更新 {known + old} 条。")

    def _of_file(self, options: dict[str, Any]) -> Iterator[KnownAddress]:
        """Read a file; rows at fault are told and left out."""
        bad = 0
        with options["file"].open("rb") as file:
            is_book = is_archive(file)
            records = (
                read_workbook(file, COLUMNS) if is_book else read_csv(file, COLUMNS, scan_csv(file))
            )
            for record in records:
                address = self._address(record, Crs(options["crs"]))
                bad += address is None
                if address is None and bad <= SHOWN:
                    self.stderr.write(f"第 {record.number} 行有误，略过。")
                elif address is not None:
                    yield address
        if bad:
            self.stderr.write(f"共略过 {bad} 行。")

    def _address(self, record: Record, crs: Crs) -> KnownAddress | None:
        cells = dict(zip((column.name for column in COLUMNS), record.cells, strict=True))
        checked = check_row(COLUMNS, cells)
        if record.shape or any(one.fault for one in checked.values()):
            return None
        placed = to_wgs84(Shape(*checked["point"].value), crs)
        point = Point(placed.x, placed.y, srid=4326)
        return KnownAddress(checked["address"].value, point, checked["code"].value or "")

    def _of_resource(self, options: dict[str, Any]) -> Iterator[KnownAddress]:
        resource = Resource.objects.filter(code=options["resource"]).first()
        if resource is None:
            raise CommandError(f"没有资源 {options['resource']}。")
        columns = {column.name: column for column in columns_of(resource.schema)}
        text, point = options["address_column"], options["point_column"]
        if text not in columns or getattr(columns.get(point), "type", "") != ColumnType.POINT:
            raise CommandError(f"资源中没有列 {text}，或 {point} 不是坐标点。")
        code = columns.get(options["code_column"])
        shown = f"{name(code)}::text" if code else "NULL"
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                f"SELECT {name(columns[text])}::text, ST_X({name(columns[point])}),"  # noqa: S608
                f" ST_Y({name(columns[point])}), {shown} FROM datahub.r{resource.pk}"
                f" WHERE {name(columns[text])} IS NOT NULL AND {name(columns[point])} IS NOT NULL"
            )
            for words, lon, lat, number in cursor:
                yield KnownAddress(words, Point(lon, lat, srid=4326), (number or "")[:40])
