from datahub.api.catalogue import ResourcesView, ResourceView
from datahub.api.exchange import CatalogueImportView, DcatView, TableSchemaView, WorkbookView
from datahub.api.loads import (
    CancelLoadView,
    FaultsView,
    LoadsView,
    LoadView,
    UndoLoadView,
)

__all__ = [
    "CancelLoadView",
    "CatalogueImportView",
    "DcatView",
    "FaultsView",
    "LoadView",
    "LoadsView",
    "ResourceView",
    "ResourcesView",
    "TableSchemaView",
    "UndoLoadView",
    "WorkbookView",
]
