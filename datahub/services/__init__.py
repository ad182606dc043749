from datahub.services.catalogue import BadSchemaError, publish_schema
from datahub.services.readers import current_reader

__all__ = [
    "BadSchemaError",
    "current_reader",
    "publish_schema",
]
