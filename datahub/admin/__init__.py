from datahub.admin import catalogue, quality

__all__ = ["catalogue", "quality"]
