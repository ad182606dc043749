from datahub.views.catalogue import catalogue, resource

__all__ = ["catalogue", "resource"]
