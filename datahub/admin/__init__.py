from datahub.admin import catalogue, checks, quality, sharing

__all__ = ["catalogue", "checks", "quality", "sharing"]
