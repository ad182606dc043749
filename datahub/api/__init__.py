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
from datahub.api.sharing import (
    ApproveSharingView,
    AskSharingView,
    RefuseSharingView,
    RevokeSharingView,
    SharingRequestsView,
    SharingRequestView,
    WithdrawSharingView,
)

__all__ = [
    "ApproveSharingView",
    "AskSharingView",
    "BoardsView",
    "CancelLoadView",
    "CatalogueImportView",
    "DcatView",
    "FaultsView",
    "LoadView",
    "LoadsView",
    "RefuseSharingView",
    "RemindersView",
    "ResourceView",
    "ResourcesView",
    "RevealRowsView",
    "RevokeSharingView",
    "RowCountView",
    "RowsView",
    "SharingRequestView",
    "SharingRequestsView",
    "StandingView",
    "StandingsView",
    "TableSchemaView",
    "UndoLoadView",
    "WithdrawSharingView",
    "WorkbookView",
]
