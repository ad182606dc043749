from typing import Any

from django.urls import path

from datahub import api, views

app_name = "datahub"
urlpatterns: list[Any] = [
    path("hub/", views.catalogue, name="catalogue"),
    path("catalogue/import/", views.import_catalogue, name="import"),
    path("hub/notices/", views.notices, name="notices"),
    path("hub/requests/", views.requests, name="requests"),
    path("hub/requests/<uuid:uuid>/", views.sharing_request, name="request"),
    path("hub/requests/<uuid:uuid>/<slug:action>/", views.decide, name="request-act"),
    path("hub/quality/", views.quality, name="quality"),
    path("hub/quality/resources/", views.quality_resources, name="quality-all"),
    path("hub/quality/of/<str:code>/", views.quality_resources, name="quality-of"),
    path("hub/checks/", views.checks, name="checks"),
    path("hub/checks/<slug:code>/", views.check, name="check"),
    path("hub/checks/<slug:code>/<int:pk>/", views.finding, name="finding"),
    path(
        "hub/checks/<slug:code>/<int:pk>/<slug:action>/", views.act_on_finding, name="finding-act"
    ),
    path("hub/elements/", views.elements, name="elements"),
    path("hub/addresses/", views.addresses, name="addresses"),
    path("hub/open/<uuid:uuid>/<slug:action>/", views.act_open, name="open-act"),
    path("hub/<slug:code>/", views.resource, name="resource"),
    path("hub/<slug:code>/open/", views.opening, name="opening"),
    path("hub/<slug:code>/rows/", views.rows, name="rows"),
    path("hub/<slug:code>/groups/", views.groups, name="groups"),
    path("hub/<slug:code>/ask/", views.ask_for, name="ask-for"),
    path("hub/<slug:code>/load/", views.ask, name="ask-load"),
    path("hub/<slug:code>/source/", views.source, name="source"),
    path("hub/<slug:code>/source/<slug:action>/", views.act_on_source, name="source-act"),
    path("loads/<uuid:uuid>/", views.load, name="load"),
    path("load-uploads/<uuid:uuid>/give-up/", views.give_up, name="give-up"),
    path("loads/<uuid:uuid>/<slug:action>/", views.act, name="load-act"),
    path("open/", views.open_catalogue, name="open"),
    path("open/catalogue.jsonld", views.open_dcat, name="open-dcat"),
    path("open/<slug:code>/", views.open_resource, name="open-resource"),
    path("open/<slug:code>/data.csv", views.open_file, {"kind": "csv"}, name="open-csv"),
    path("open/<slug:code>/data.jsonl", views.open_file, {"kind": "jsonl"}, name="open-jsonl"),
]
api_urlpatterns: list[Any] = [
    path("catalogue/dcat/", api.DcatView.as_view(), name="catalogue-dcat"),
    path("catalogue/xlsx/", api.WorkbookView.as_view(), name="catalogue-workbook"),
    path("catalogue/import/", api.CatalogueImportView.as_view(), name="catalogue-import"),
    path("catalogue/quality/", api.BoardsView.as_view(), name="quality-boards"),
    path("catalogue/quality/resources/", api.StandingsView.as_view(), name="quality-standings"),
    path("catalogue/notices/", api.HubNoticesView.as_view(), name="hub-notices"),
    path("catalogue/reminders/", api.RemindersView.as_view(), name="reminders"),
    path("resources/", api.ResourcesView.as_view(), name="resources"),
    path("resources/<slug:code>/", api.ResourceView.as_view(), name="resource-content"),
    path("resources/<slug:code>/rows/", api.RowsView.as_view(), name="resource-rows"),
    path("resources/<slug:code>/rows/count/", api.RowCountView.as_view(), name="row-count"),
    path("resources/<slug:code>/rows/export/", api.RowsExportView.as_view(), name="rows-sheet"),
    path("resources/<slug:code>/rows/reveal/", api.RevealRowsView.as_view(), name="reveal-rows"),
    path("resources/<slug:code>/groups/", api.GroupsView.as_view(), name="resource-groups"),
    path(
        "resources/<slug:code>/groups/export/", api.GroupsExportView.as_view(), name="groups-sheet"
    ),
    path(
        "resources/<slug:code>/groups/reveal/", api.RevealGroupsView.as_view(), name="reveal-groups"
    ),
    path("resources/<slug:code>/quality/", api.StandingView.as_view(), name="resource-quality"),
    path("resources/<slug:code>/loads/", api.LoadsView.as_view(), name="resource-loads"),
    path("resources/<slug:code>/uploads/", api.LoadUploadsView.as_view(), name="load-uploads"),
    path("load-uploads/<uuid:uuid>/", api.LoadUploadView.as_view(), name="load-upload"),
    path("resources/<slug:code>/source/", api.SourceView.as_view(), name="resource-source"),
    path("resources/<slug:code>/source/fetch/", api.FetchNowView.as_view(), name="fetch-now"),
    path("resources/<slug:code>/source/fetches/", api.FetchesView.as_view(), name="fetches"),
    path("resources/<slug:code>/requests/", api.AskSharingView.as_view(), name="ask-sharing"),
    path("resources/<slug:code>/publications/", api.PublicationsView.as_view(), name="open-ask"),
    path("publications/<uuid:uuid>/", api.PublicationView.as_view(), name="open-read"),
    path("publications/<uuid:uuid>/publish/", api.PublishView.as_view(), name="open-publish"),
    path("publications/<uuid:uuid>/withdraw/", api.UnpublishView.as_view(), name="open-withdraw"),
    path("sharing-requests/", api.SharingRequestsView.as_view(), name="sharing-requests"),
    path("sharing-requests/<uuid:uuid>/", api.SharingRequestView.as_view(), name="sharing-request"),
    *(
        path(f"sharing-requests/<uuid:uuid>/{act}/", view.as_view(), name=f"sharing-{act}")
        for act, view in (
            ("approve", api.ApproveSharingView),
            ("refuse", api.RefuseSharingView),
            ("revoke", api.RevokeSharingView),
            ("withdraw", api.WithdrawSharingView),
        )
    ),
    path("cross-checks/", api.ChecksView.as_view(), name="cross-checks"),
    path("cross-checks/<slug:code>/", api.CheckView.as_view(), name="cross-check"),
    *(
        path(f"cross-checks/<slug:code>/findings/{way}", view.as_view(), name=f"findings-{name}")
        for way, name, view in (
            ("", "list", api.FindingsView),
            ("count/", "count", api.FindingCountView),
            ("map/", "map", api.FindingMapView),
            ("export/", "sheet", api.FindingExportView),
            ("<int:pk>/", "one", api.FindingView),
            ("<int:pk>/reveal/", "reveal", api.RevealFindingView),
            ("<int:pk>/dismiss/", "dismiss", api.DismissFindingView),
            ("<int:pk>/restore/", "restore", api.RestoreFindingView),
        )
    ),
    path("loads/<uuid:uuid>/", api.LoadView.as_view(), name="load-content"),
    path("loads/<uuid:uuid>/cancel/", api.CancelLoadView.as_view(), name="load-cancel"),
    path("loads/<uuid:uuid>/undo/", api.UndoLoadView.as_view(), name="load-undo"),
    path("loads/<uuid:uuid>/faults/", api.FaultsView.as_view(), name="load-faults"),
    path("resources/<slug:code>/table-schema/", api.TableSchemaView.as_view(), name="table-schema"),
]
