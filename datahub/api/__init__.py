from datahub.api.catalogue import ResourcesView, ResourceView
from datahub.api.exchange import CatalogueImportView, DcatView, TableSchemaView, WorkbookView
from datahub.api.loads import (
    CancelLoadView,
    FaultsView,
    LoadsView,
    LoadView,
    UndoLoadView,
)
from datahub.api.rows import RevealRowsView, RowCountView, RowsView

__all__ = [
    "CancelLoadView",
    "CatalogueImportView",
    "DcatView",
    "FaultsView",
    "LoadView",
    "LoadsView",
    "ResourceView",
    "ResourcesView",
    "RevealRowsView",
    "RowCountView",
    "RowsView",
    "TableSchemaView",
    "UndoLoadView",
    "WorkbookView",
]
