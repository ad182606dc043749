"""Read areas from a file through GDAL: GeoJSON, Shapefile (GBK too), GeoPackage, KML."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.contrib.gis.gdal import DataSource, GDALException
from django.contrib.gis.gdal.feature import Feature
from django.contrib.gis.gdal.layer import Layer
from django.contrib.gis.gdal.libgdal import lgdal
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from governance.lib.errors import InvalidError
from grids.enums import AreaKind, AreaLevel, Crs
from grids.geometry import NamedArea, ProjectedLayer, UnknownCrs, misplacement, to_wgs84

SHOWN_PROBLEMS = 20
CODE_LENGTH, NAME_LENGTH = 20, 80
POLYGONS = ("Polygon", "MultiPolygon")
KINDS = {
    AreaLevel.DISTRICT: (AreaKind.DISTRICT,),
    AreaLevel.STREET: (AreaKind.STREET, AreaKind.FARM, AreaKind.PARK),
    AreaLevel.COMMUNITY: (AreaKind.COMMUNITY, AreaKind.VILLAGE),
    AreaLevel.GRID: (AreaKind.COMPREHENSIVE, AreaKind.DEDICATED, AreaKind.MICRO),
}


class AreaFileError(InvalidError):
    """The file cannot be read as areas; `fields` names the option, field or feature at fault."""

    code = "bad_area_file"


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What the file calls the fields; without a kind field the level's first kind holds."""

    code: str = "code"
    name: str = "name"
    parent: str = "parent"
    kind: str = "kind"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of a file: its shape (WGS-84 degrees), parent by code, place in the file."""

    feature: int
    code: str
    name: str
    kind: AreaKind
    parent: str
    geometry: BaseGeometry

    @property
    def named(self) -> NamedArea:
        """Give what the coverage check reads."""
        return NamedArea(self.code, self.geometry, self.name, self.parent)


@dataclass(frozen=True, slots=True)
class AreaFile:
    """A file of areas of one level, and how to read it."""

    path: Path
    level: AreaLevel
    crs: Crs
    fields: FieldNames = FieldNames()
    layer: str = ""


def read_areas(file: AreaFile) -> list[AreaRow]:
    """Read all areas of a file. Raises AreaFileError that names what is wrong."""
    if not file.path.exists():
        raise AreaFileError(_("文件不存在：%s") % file.path, fields={"file": [_("文件不存在")]})
    for encoding in _encodings(file.path):
        try:
            return _read(file, encoding)
        except UnicodeDecodeError:
            continue
        except GDALException as error:
            message = _("文件无法读取（支持 GeoJSON、Shapefile、GeoPackage、KML）：%s") % error
            raise AreaFileError(message, fields={"file": [str(error)]}) from error
    message = _("无法识别文件的文字编码，请另存为 UTF-8。")
    raise AreaFileError(message, fields={"file": [message]})


def _encodings(path: Path) -> list[str]:
    """List the encodings to try; a Shapefile without a .cpg says nothing about its own."""
    declared = ""
    for beside in (path.with_suffix(".cpg"), path.with_suffix(".CPG")):
        if path.suffix.lower() == ".shp" and beside.exists():
            declared = beside.read_text(encoding="ascii", errors="ignore")
    if re.search(r"936|gb", declared, re.IGNORECASE):
        return ["gb18030", "utf-8"]
    return ["utf-8", "gb18030"]


def _read(file: AreaFile, encoding: str) -> list[AreaRow]:
    # GDAL must hand over the bytes as they are: it takes an unmarked GBK file for Latin-1.
    lgdal.CPLSetThreadLocalConfigOption(b"SHAPE_ENCODING", b"")
    prefix = "/vsizip/" if file.path.suffix.lower() == ".zip" else ""
    source = DataSource(f"{prefix}{file.path}", encoding=encoding)
    layer = _chosen_layer(source, file.layer)
    reader = _Reader(file, layer)
    rows = list(reader.rows())
    reader.refuse_problems()
    if not rows:
        message = _("文件中没有要素：%s") % file.path.name
        raise AreaFileError(message, fields={"file": [message]})
    return rows


def _chosen_layer(source: DataSource, wanted: str) -> Layer:
    layers = {source[at].name: source[at] for at in range(len(source))}
    if wanted in layers:
        return layers[wanted]
    if len(layers) == 1 and not wanted:
        return next(iter(layers.values()))
    message = _("请用 --layer 指定图层，文件中有：%s") % "、".join(layers)
    raise AreaFileError(message, fields={"layer": [message]})


class _Reader:
    """Turns the features of one layer into rows and collects what is wrong with them."""

    def __init__(self, file: AreaFile, layer: Layer) -> None:
        self._file = file
        self._layer = layer
        self._problems: dict[str, list[str]] = {}
        self._columns = self._found_columns()
        self._places = {field: layer.fields.index(name) for field, name in self._columns.items()}
        try:
            self._projected = ProjectedLayer.of(layer.srs.wkt if layer.srs else "")
        except UnknownCrs as error:
            message = _("文件声明的坐标系 %s 不受支持，请先转换为 CGCS2000 或 WGS-84。") % error
            raise AreaFileError(message, fields={"crs": [message]}) from error

    def rows(self) -> Iterator[AreaRow]:
        for number, feature in enumerate(self._layer, 1):
            row = self._row(number, feature)
            if row is not None:
                yield row

    def refuse_problems(self) -> None:
        """Raise AreaFileError naming the first features at fault."""
        if not self._problems:
            return
        shown = dict(list(self._problems.items())[:SHOWN_PROBLEMS])
        lines = [f"{where}：{'；'.join(what)}" for where, what in shown.items()]
        count = len(self._problems)
        message = _("%(count)d 个要素有误：") % {"count": count} + "\n".join(["", *lines])
        raise AreaFileError(message, fields=shown)

    def _found_columns(self) -> dict[str, str]:
        """Map each field to the file's own spelling of it; `kind` may be absent."""
        spelling = {name.lower(): name for name in reversed(self._layer.fields)}
        names = self._file.fields
        wanted = {"code": names.code, "name": names.name, "kind": names.kind}
        if self._file.level != AreaLevel.DISTRICT:
            wanted["parent"] = names.parent
        missing = {
            field: [
                _("文件中没有字段“%(name)s”，有：%(all)s")
                % {"name": name, "all": "、".join(self._layer.fields)}
            ]
            for field, name in wanted.items()
            if name.lower() not in spelling and (field, name) != ("kind", "kind")
        }
        if missing:
            message = "\n".join(text for texts in missing.values() for text in texts)
            raise AreaFileError(message, fields=missing)
        found = {field: spelling.get(name.lower(), "") for field, name in wanted.items()}
        return {field: name for field, name in found.items() if name}

    def _row(self, number: int, feature: Feature) -> AreaRow | None:
        # By position: Django looks names up in UTF-8, which a GBK file's are not.
        values = {field: _text(feature[place].value) for field, place in self._places.items()}
        geometry = self._geometry(feature)
        problems = [*self._wrong_values(values), *self._wrong_shape(geometry)]
        kind = self._kind(values.get("kind", ""))
        if kind is None:
            problems.append(_("类别“%s”不属于本层级") % values["kind"])
        if problems or kind is None or geometry is None:
            self._problems[
                _("第 %(number)d 个要素 %(code)s") % {"number": number, "code": values["code"]}
            ] = problems
            return None
        shape = to_wgs84(geometry, self._file.crs)
        parent = values.get("parent", "")
        return AreaRow(number, values["code"], values["name"], kind, parent, shape)

    def _wrong_values(self, values: dict[str, str]) -> Iterator[str]:
        limits = {"code": CODE_LENGTH, "parent": CODE_LENGTH, "name": NAME_LENGTH}
        for field, value in values.items():
            label = self._columns[field]
            if not value and field != "kind":
                yield _("字段“%s”为空") % label
            if len(value) > limits.get(field, NAME_LENGTH):
                yield _("字段“%(label)s”超过 %(limit)d 个字") % {
                    "label": label,
                    "limit": limits.get(field, NAME_LENGTH),
                }
            if any(unicodedata.category(letter) in ("Cc", "Cs", "Co") for letter in value):
                yield _("字段“%s”含有控制字符") % label

    def _geometry(self, feature: Feature) -> BaseGeometry | None:
        """Return the plane shape in degrees, an empty one where the file has none."""
        try:
            shape = shapely.force_2d(shapely.from_wkb(bytes(feature.geom.wkb)))
        except GDALException:
            return shapely.MultiPolygon()
        except ShapelyError:
            return None
        return self._projected.to_degrees(shape)

    def _wrong_shape(self, shape: BaseGeometry | None) -> Iterator[str]:
        if shape is None:
            yield _("几何无法读取（曲线面请先转为折线面）")
        elif not shape.is_empty and shape.geom_type not in POLYGONS:
            yield _("几何是 %s，应为面") % shape.geom_type
        elif not shape.is_empty and (reason := misplacement(shape)):
            yield MISPLACEMENTS[reason]()

    def _kind(self, text: str) -> AreaKind | None:
        kinds = KINDS[self._file.level]
        if not text:
            return kinds[0]
        return next((kind for kind in kinds if text in (kind.value, str(kind.label))), None)


def _text(value: Any) -> str:
    """Return a field's value as text; codes kept as numbers lose their decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value)).strip()


MISPLACEMENTS = {
    "swapped": lambda: _("经纬度顺序颠倒（应为经度在前）"),
    "metres": lambda: _("坐标像是以米计的投影坐标，但文件没有声明投影"),
    "outside": lambda: _("坐标不在中国范围内"),
}
