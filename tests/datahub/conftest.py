import pytest

from tests.datahub.catalogue import build_hub


@pytest.fixture
def hub(town):
    return build_hub(town)
