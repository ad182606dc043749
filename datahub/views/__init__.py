from datahub.views.catalogue import catalogue, resource
from datahub.views.imports import import_catalogue
from datahub.views.loads import act, ask, load
from datahub.views.quality import quality, quality_resources
from datahub.views.rows import rows

__all__ = [
    "act",
    "ask",
    "catalogue",
    "import_catalogue",
    "load",
    "quality",
    "quality_resources",
    "resource",
    "rows",
]
