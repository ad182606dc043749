from datahub.views.catalogue import catalogue, resource
from datahub.views.imports import import_catalogue

__all__ = ["catalogue", "import_catalogue", "resource"]
