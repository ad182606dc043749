from datahub.admin import catalogue, checks, quality, sharing, sources

__all__ = ["catalogue", "checks", "quality", "sharing", "sources"]
