from datahub.admin import catalogue, quality, sharing

__all__ = ["catalogue", "quality", "sharing"]
