"""What the apps share: masking, encryption, the revision of the reference data."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from governance.lib import crypto
from governance.lib.masking import COVERS, mask_id_number, mask_name, mask_phone, mask_text
from governance.lib.reference import reference_revision
from workorders.models import Reporter, TimeLimit
from workorders.selectors import reference
from workorders.services import rotate_reporter_keys


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13900000000，另一部13900000001", "电话139******00，另一部139******01"),
        ("+86 139-0000-0000", "+86 139******00"),
        ("座机025-58880000转8", "座机025-*****00转8"),
        ("证320111199001010011和32011119900101002X", "证3201************和3201************"),
        ("工单20261122-000042不是号码", "工单20261122-000042不是号码"),
        ("水费123456789元", "水费123456789元"),
        ("", ""),
    ],
)  # fmt: skip
def test_mask_text_hides_every_number(text, masked):
    assert mask_text(text) == masked


@given(st.lists(st.integers(13_000_000_000, 19_999_999_999), min_size=1, max_size=5))
def test_mask_text_leaves_no_mobile_number(numbers):
    text = "、".join(f"号码{number}" for number in numbers)
    masked = mask_text(text)
    assert not any(str(number) in masked for number in numbers)


@given(st.sampled_from([pattern for pattern, _ in COVERS]).flatmap(st.from_regex))
def test_mask_text_overlooks_nothing_that_a_pattern_finds(text):
    assert "*" in mask_text(text.replace("*", "x"))


def test_single_values_are_masked():
    assert (mask_name("演示居民"), mask_name("")) == ("演**", "")
    assert (mask_phone("13900000012"), mask_phone("110")) == ("139******12", "***")
    assert mask_id_number("320111199001010011") == "3201************11"


def test_rotation_keeps_reporters_readable(town, channel_api, settings):
    number = channel_api("hotline", town.call()).data["number"]
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *old]
    assert rotate_reporter_keys() == 1
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    reporter = Reporter.objects.get(order__number=number)
    assert crypto.decrypt(reporter.phone_cipher) == "13900000000"
    assert reporter.phone_digest == crypto.digest("13900000000")
    settings.FIELD_KEYS = old
    with pytest.raises(InvalidToken):
        crypto.decrypt(reporter.phone_cipher)


def test_rotation_beside_people_at_work_loses_nothing(town, channel_api):
    for n in range(3):
        channel_api("hotline", town.call(f"T-{n}"))
    _, saved, ended = Reporter.objects.order_by("pk")

    def meanwhile(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and not done:
            done.append(True)
            Reporter.objects.filter(pk=saved.pk).update(name_cipher=crypto.encrypt("演示新名"))
            Reporter.objects.filter(pk=ended.pk).delete()
        return execute(sql, params, many, context)

    done: list[bool] = []
    with connection.execute_wrapper(meanwhile):
        assert rotate_reporter_keys() == 2
    names = [crypto.decrypt(row.name_cipher) for row in Reporter.objects.order_by("pk")]
    assert (Reporter.objects.count(), names) == (2, ["演示居民", "演示新名"])


def test_reporter_is_not_stored_in_the_clear(town, channel_api):
    channel_api("hotline", town.call())
    reporter = Reporter.objects.get()
    stored = b"".join(
        bytes(value)
        for value in (reporter.name_cipher, reporter.phone_cipher, reporter.id_number_cipher)
    )
    assert b"13900000000" not in stored
    assert "演示居民".encode() not in stored
    assert (reporter.name_masked, reporter.phone_masked) == ("演**", "139******00")


def test_reference_data_is_read_anew_after_any_change(town):
    before = reference_revision()
    assert reference() is reference()
    held = reference()
    TimeLimit.objects.filter(clock="check").update(amount=9)
    assert reference_revision() != before
    assert reference() is not held
    assert {row.amount for row in reference().limits if row.clock == "check"} == {9}
