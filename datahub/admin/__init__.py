from datahub.admin import catalogue

__all__ = ["catalogue"]
