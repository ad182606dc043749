from datahub.api.catalogue import ResourcesView, ResourceView
from datahub.api.exchange import CatalogueImportView, DcatView, TableSchemaView, WorkbookView
from datahub.api.loads import (
    CancelLoadView,
    FaultsView,
    LoadsView,
    LoadView,
    UndoLoadView,
)
from datahub.api.quality import BoardsView, RemindersView, StandingsView, StandingView
from datahub.api.rows import RevealRowsView, RowCountView, RowsView

__all__ = [
    "BoardsView",
    "CancelLoadView",
    "CatalogueImportView",
    "DcatView",
    "FaultsView",
    "LoadView",
    "LoadsView",
    "RemindersView",
    "ResourceView",
    "ResourcesView",
    "RevealRowsView",
    "RowCountView",
    "RowsView",
    "StandingView",
    "StandingsView",
    "TableSchemaView",
    "UndoLoadView",
    "WorkbookView",
]
