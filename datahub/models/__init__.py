from datahub.models.catalogue import CodeItem, CodeList, Resource, SchemaColumn, SchemaVersion

__all__ = ["CodeItem", "CodeList", "Resource", "SchemaColumn", "SchemaVersion"]
