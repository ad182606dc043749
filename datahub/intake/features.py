"""Reading GIS files that a stranger has made: GeoJSON, and a Shapefile in a zip, through GDAL.

GDAL is told which format to take: left to itself it finds formats that name other files or
addresses. Of a zip only the parts of one Shapefile are unpacked, under names of our own.
"""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_char_p
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from django.contrib.gis.gdal import DataSource, GDALException
from django.contrib.gis.gdal.driver import Driver
from django.contrib.gis.gdal.feature import Feature
from django.contrib.gis.gdal.layer import Layer
from django.contrib.gis.gdal.libgdal import lgdal
from django.contrib.gis.gdal.prototypes import ds as capi
from shapely import MultiPoint, Point
from shapely.errors import ShapelyError

from datahub.columns import Column
from datahub.columns.spellings import strip
from datahub.enums import ColumnType
from datahub.intake.files import Layout, Record, lay_out, names_of
from datahub.intake.workbooks import BadFileError, check_archive
from grids.geometry import ProjectedLayer, UnknownCrs

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = (".shp", ".shx", ".dbf")
DBF_NAME = 10  # letters of a field's name that a Shapefile keeps
GEOJSON_BYTES_LIMIT = 512 * 1024 * 1024
CHUNK = 1024 * 1024
BAD_GEOMETRY = "\x01geometry"


def read_geojson(path: Path, columns: Sequence[Column]) -> Iterator[Record]:
    """Read the features of a GeoJSON file; raise BadFileError."""
    if path.stat().st_size > GEOJSON_BYTES_LIMIT:
        raise BadFileError("GeoJSON 文件过大，请拆分，或改用 Shapefile。")
    yield from _records(path, b"GeoJSON", ["utf-8"], columns)


def read_shapefile(path: Path, columns: Sequence[Column]) -> Iterator[Record]:
    """Read the features of the one Shapefile in a zip; raise BadFileError."""
    with TemporaryDirectory(prefix="shapefile-") as folder:
        shape = _unpack(path, Path(folder))
        yield from _records(shape, b"ESRI Shapefile", _encodings(shape), columns)


def _unpack(path: Path, folder: Path) -> Path:
    with path.open("rb") as file:
        check_archive(file)
        try:
            with zipfile.ZipFile(file) as archive:
                for suffix, part in _parts(archive).items():
                    _write(archive, part, folder / f"layer{suffix}")
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
            # RuntimeError: behind a password.
            raise BadFileError("压缩包无法解开。") from error
    return folder / "layer.shp"


def _parts(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Find the parts of the one Shapefile; a name that leads out of the zip is refused."""
    found: dict[tuple[str, str], zipfile.ZipInfo] = {}
    for part in archive.infolist():
        place = PurePosixPath(part.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in part.filename:
            raise BadFileError(f"压缩包中有不安全的路径：{part.filename[:100]}")
        suffix = place.suffix.lower()
        if suffix not in PARTS or place.name.startswith("._"):
            continue
        key = (str(place.with_suffix("")).lower(), suffix)
        if key in found:
            raise BadFileError(f"压缩包中 {place.name[:100]} 出现多次。")
        found[key] = part
    shapes = [stem for stem, suffix in found if suffix == ".shp"]
    if len(shapes) != 1:
        raise BadFileError(f"压缩包中应有且只有一个 .shp，现有 {len(shapes)} 个。")
    parts = {suffix: part for (stem, suffix), part in found.items() if stem == shapes[0]}
    if missing := [suffix for suffix in NEEDED if suffix not in parts]:
        raise BadFileError(f"压缩包中缺少 {'、'.join(missing)}。")
    return parts


def _write(archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: Path) -> None:
    with archive.open(part) as source, target.open("wb") as out:
        while chunk := source.read(CHUNK):
            out.write(chunk)


def _encodings(shape: Path) -> list[str]:
    """List the encodings to try: what the .cpg says first."""
    beside = shape.with_suffix(".cpg")
    declared = beside.read_text("ascii", errors="ignore").lower() if beside.exists() else ""
    first = "gb18030" if "936" in declared or "gb" in declared else "utf-8"
    return [first, "utf-8" if first == "gb18030" else "gb18030"]


def _records(
    path: Path, driver: bytes, encodings: Sequence[str], columns: Sequence[Column]
) -> Iterator[Record]:
    encoding = encodings[0]
    for encoding in encodings:
        with _opened(path, driver, encoding) as layer:
            if _is_readable(layer):
                break
    with _opened(path, driver, encoding) as layer:
        projected = _projected(layer)
        layout, place = _lay_out(layer, columns)
        for number, feature in enumerate(layer, start=1):
            try:
                texts = [_text(feature[at].value) for at in range(len(layer.fields))]
            except UnicodeDecodeError:
                yield Record(number, [""] * len(columns), "encoding")
                continue
            cells = layout.ordered(texts, len(columns))
            if place is not None:
                cells[place] = _point(feature, projected)
            yield Record(number, cells)


@contextmanager
def _opened(path: Path, driver: bytes, encoding: str) -> Iterator[Layer]:
    """Open a file's one layer by one driver; what GDAL stumbles over refuses the file."""
    # GDAL must hand over the bytes as they are: it takes an unmarked GBK file for Latin-1.
    lgdal.CPLSetThreadLocalConfigOption(b"SHAPE_ENCODING", b"")
    Driver.ensure_registered()
    try:
        allowed = (c_char_p * 2)(driver, None)
        opened = capi.open_ds(str(path).encode(), capi.GDAL_OF_VECTOR, allowed, None, None)
        source = DataSource(opened, opened, encoding=encoding)
        if len(source) != 1:
            raise BadFileError("文件中应有且只有一个图层。")
        yield source[0]
    except GDALException as error:
        raise BadFileError("不是可以读取的 GeoJSON 或 Shapefile。") from error


def _is_readable(layer: Layer) -> bool:
    try:
        for feature in layer:
            for at in range(layer.num_fields):
                feature[at].value  # noqa: B018  # decodes
        layer.fields  # noqa: B018
    except UnicodeDecodeError:
        return False
    return True


def _projected(layer: Layer) -> ProjectedLayer:
    try:
        return ProjectedLayer.of(layer.srs.wkt if layer.srs else "")
    except UnknownCrs as error:
        raise BadFileError(
            f"文件声明的坐标系 {error} 不受支持，请先转换为 CGCS2000 或 WGS-84。"[:390]
        ) from error


def _lay_out(layer: Layer, columns: Sequence[Column]) -> tuple[Layout, int | None]:
    """Say which column each field is, and which one takes the geometry."""
    head = [_whole(field, columns) for field in layer.fields]
    known = {strip(text).lower() for text in head}
    free = [
        place
        for place, column in enumerate(columns)
        if column.type == ColumnType.POINT and not {column.name, column.label.lower()} & known
    ]
    if len(free) > 1:
        raise BadFileError("有多个坐标点列，请在属性中写明其余各列。")
    if not free and not any(column.type == ColumnType.POINT for column in columns):
        raise BadFileError("数据结构中没有坐标点列，请改用 CSV 提交属性。")
    layout = lay_out([*head, *(columns[place].name for place in free)], columns)
    return Layout(layout.places[: len(head)]), free[0] if free else None


def _whole(field: str, columns: Sequence[Column]) -> str:
    """Give the column that a cut name stands for, where it is one only."""
    names = [text for _, text in names_of(columns)]
    if field.lower() in (name.lower() for name in names):
        return field
    begun = [name for name in names if len(name) > DBF_NAME and name[:DBF_NAME] == field.lower()]
    return begun[0] if len(begun) == 1 else field


def _text(value: Any) -> str:
    """Give a field as text; a number kept as a float loses its point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\x00", "\x01")


def _point(feature: Feature, projected: ProjectedLayer) -> str:
    """Write a feature's point as the rules for points read it; a mark for what is none."""
    try:
        shape = shapely.force_2d(shapely.from_wkb(bytes(feature.geom.wkb)))
    except GDALException:
        return ""  # without a geometry
    except ShapelyError:
        return BAD_GEOMETRY
    if isinstance(shape, MultiPoint) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if shape.is_empty:
        return ""
    if not isinstance(shape, Point):
        return BAD_GEOMETRY
    placed = projected.to_degrees(shape)
    return f"{placed.x:.9f},{placed.y:.9f}"
