"""Of many who would ask for the same at once, one asks."""

from uuid import uuid4

import pytest

from dashboards.push import Claim, publish, release


@pytest.mark.django_db
def test_claim_is_one_callers_until_it_is_released():
    claim = Claim(uuid4().hex, 60_000)
    assert [publish([], claiming=claim) for _ in range(3)] == [True, False, False]
    release(claim)
    assert publish([], claiming=claim)
    release(claim)
