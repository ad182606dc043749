from datahub.models.catalogue import CodeItem, CodeList, Resource, SchemaColumn, SchemaVersion
from datahub.models.loads import BadRow, Load

__all__ = ["BadRow", "CodeItem", "CodeList", "Load", "Resource", "SchemaColumn", "SchemaVersion"]
