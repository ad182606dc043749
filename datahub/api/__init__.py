from datahub.api.catalogue import ResourcesView, ResourceView
from datahub.api.checks import (
    ChecksView,
    CheckView,
    DismissFindingView,
    FindingCountView,
    FindingExportView,
    FindingMapView,
    FindingsView,
    FindingView,
    RestoreFindingView,
    RevealFindingView,
)
from datahub.api.exchange import CatalogueImportView, DcatView, TableSchemaView, WorkbookView
from datahub.api.groups import GroupsExportView, GroupsView, RevealGroupsView
from datahub.api.loads import (
    CancelLoadView,
    FaultsView,
    LoadsView,
    LoadView,
    UndoLoadView,
)
from datahub.api.notices import HubNoticesView
from datahub.api.publications import (
    PublicationsView,
    PublicationView,
    PublishView,
    UnpublishView,
)
from datahub.api.quality import BoardsView, RemindersView, StandingsView, StandingView
from datahub.api.rows import RevealRowsView, RowCountView, RowsExportView, RowsView
from datahub.api.sharing import (
    ApproveSharingView,
    AskSharingView,
    RefuseSharingView,
    RevokeSharingView,
    SharingRequestsView,
    SharingRequestView,
    WithdrawSharingView,
)
from datahub.api.sources import FetchesView, FetchNowView, SourceView
from datahub.api.uploads import LoadUploadsView, LoadUploadView

__all__ = [
    "ApproveSharingView",
    "AskSharingView",
    "BoardsView",
    "CancelLoadView",
    "CatalogueImportView",
    "CheckView",
    "ChecksView",
    "DcatView",
    "DismissFindingView",
    "FaultsView",
    "FetchNowView",
    "FetchesView",
    "FindingCountView",
    "FindingExportView",
    "FindingMapView",
    "FindingView",
    "FindingsView",
    "GroupsExportView",
    "GroupsView",
    "HubNoticesView",
    "LoadUploadView",
    "LoadUploadsView",
    "LoadView",
    "LoadsView",
    "PublicationView",
    "PublicationsView",
    "PublishView",
    "RefuseSharingView",
    "RemindersView",
    "ResourceView",
    "ResourcesView",
    "RestoreFindingView",
    "RevealFindingView",
    "RevealGroupsView",
    "RevealRowsView",
    "RevokeSharingView",
    "RowCountView",
    "RowsExportView",
    "RowsView",
    "SharingRequestView",
    "SharingRequestsView",
    "SourceView",
    "StandingView",
    "StandingsView",
    "TableSchemaView",
    "UndoLoadView",
    "UnpublishView",
    "WithdrawSharingView",
    "WorkbookView",
]
