from datahub.api.catalogue import ResourcesView, ResourceView
from datahub.api.exchange import CatalogueImportView, DcatView, TableSchemaView, WorkbookView

__all__ = [
    "CatalogueImportView",
    "DcatView",
    "ResourceView",
    "ResourcesView",
    "TableSchemaView",
    "WorkbookView",
]
