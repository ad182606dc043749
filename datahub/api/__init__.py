from datahub.api.catalogue import ResourcesView, ResourceView

__all__ = ["ResourceView", "ResourcesView"]
