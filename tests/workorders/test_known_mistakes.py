"""The known mistakes of comparable systems: each is a test, here or where its matter is tested.

- Escalation sees only the newest 100 orders, or skips those without a holder:
  test_rungs.test_everything_due_is_examined_old_and_new_held_or_not
- Escalation restarts its clock at any comment:
  test_rungs.test_comment_neither_restarts_a_clock_nor_puts_a_lamp_out,
  test_corrections.test_comment_never_resets_a_clock
- A weekend pause pushes the deadline by eight working days:
  test_applications.test_weekend_pause_never_pushes_the_deadline_by_eight_working_days
- An order without a deadline counts as on time:
  test_leagues_api.test_order_without_a_deadline_is_neither_on_time_nor_late
- A report of last month changes because it uses today's clock:
  test_leagues_api.test_last_month_stays_as_it_was
- A deadline is recomputed from creation when the category changes:
  test_corrections.test_deadline_is_never_recomputed_from_creation_when_the_category_changes
- Closing the master leaves merged orders overdue, and their residents hear nothing:
  test_merging.test_closing_the_master_leaves_no_merged_order_overdue_or_in_silence
- Only the first telephone number in a text is redacted: below.
- Two dispatchers open the same order and the second silently wins: below.
"""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.lib.masking import mask_text
from workorders.models import Event, OrderSearch, WorkOrder

WIDE = str.maketrans("0123456789+- ", "０１２３４５６７８９＋－　")
SPELLINGS = [
    "{}{}{}",
    "{} {} {}",
    "{}-{}-{}",
    "+86{}{}{}",
    "+86 {} {} {}",
    "0086{}{}{}",
    "86-{}{}{}",
]
WORDS = ["电话", "，微信同号", "；家里还有", "（白天）", "\n", "转", "、"]

mobiles = st.tuples(
    st.integers(130, 199), st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(SPELLINGS),
    st.booleans(), st.sampled_from(WORDS),
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(mobiles, min_size=2, max_size=6))
def test_every_telephone_number_of_a_text_is_redacted(numbers):
    text, digits = "", []
    for first, middle, last, spelling, is_wide, words in numbers:
        parts = (str(first), f"{middle:04}", f"{last:04}")
        number = spelling.format(*parts)
        text += words + (number.translate(WIDE) if is_wide else number)
        digits.append("".join(parts))
    masked = unicodedata.normalize("NFKC", mask_text(f"{text}。"))
    left = masked.translate({ord(sign): None for sign in "+- "})
    assert [number for number in digits if number in left] == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("１３９００００００００、13900000001、139 0000 0002",
         "139******00、139******01、139******02"),
        ("＋８６ 139－0000－0003和008613900000004", "+86 139******03和0086139******04"),
        ("证320111 19900101 0011，３２０１１１１９９００１０１００２Ｘ",
         "证3201************，3201************"),
        ("座机０２５－５８８８０００１或025 5888 0002", "座机025-*****01或025 *****02"),
        ("门牌１３９号，单号20261122-000042", "门牌１３９号，单号20261122-000042"),
    ],
)  # fmt: skip
def test_numbers_in_wide_digits_and_other_spellings_are_redacted(text, masked):
    assert mask_text(text) == masked


def test_no_number_of_a_call_reaches_those_who_may_not_see_it(town, api, channel_api):
    text = "请回电13900000001，或１３９００００００２２，或+86 139 0000 0033。"
    number = channel_api("hotline", town.call(text=text)).data["number"]
    shown = api("leader").get(f"/api/v1/orders/{number}/").content.decode()
    for secret in ("13900000001", "１３９００００００２２", "139 0000 0033"):
        assert secret not in shown
        assert secret not in OrderSearch.objects.get().text


def test_second_of_two_dispatchers_hears_that_the_first_was_quicker(town, api, channel_api):
    number = channel_api("hotline", town.call()).data["number"]
    seen = api("dispatcher").get(f"/api/v1/orders/{number}/").data["version"]
    url = f"/api/v1/orders/{number}"
    first = api("dispatcher").post(f"{url}/accept/", {"version": seen})
    second = api("east").post(f"{url}/answer/", {"version": seen, "answer": "已答复"})
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.data["code"] == "action_not_allowed"
    stale = api("east").post(f"{url}/dispatch/", {"version": seen, "department": "D2"})
    assert (stale.status_code, stale.data["code"]) == (409, "stale_version")
    assert (stale.data["order"]["state"], stale.data["order"]["version"]) == ("accepted", seen + 1)
    assert WorkOrder.objects.get().state == "accepted"
    assert [event.action for event in Event.objects.order_by("sequence")] == ["register", "accept"]
