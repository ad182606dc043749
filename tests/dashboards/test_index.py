"""The index: scores from weights and states, their reasons, and what is not known."""

import pytest

from dashboards.states import DEFAULT_FORMULA, FormulaError, Sign, overall, read_formula, score_of

FORMULA = read_formula(DEFAULT_FORMULA)


def signs(*given):
    return [Sign(f"s{n}", f"体征{n}", weight, state) for n, (weight, state) in enumerate(given)]


@pytest.mark.parametrize(
    ("given", "value", "confidence"),
    [
        ([(1, "normal"), (1, "normal")], 100, 1),
        ([(1, "red"), (1, "normal")], 50, 1),  # half the weight is red
        ([(1, "yellow"), (1, "normal")], 80, 1),  # yellow costs 0.4 of its weight
        ([(3, "red"), (1, "normal")], 25, 1),
        ([(1, "red"), (1, "red")], 0, 1),
        # What is not known lowers the confidence and leaves the score to what is.
        ([(1, "normal"), (1, "no_data")], 100, 0.5),
        ([(1, "red"), (1, "normal"), (2, "no_data")], 50, 0.5),
        ([(1, "no_data")], None, 0),
        ([], None, 0),
    ],
)
def test_score_of_a_domain(given, value, confidence):
    score = score_of(signs(*given), formula=FORMULA)
    assert (score.value, score.confidence) == (
        pytest.approx(value) if value is not None else None,
        confidence,
    )


def test_reason_is_what_the_score_would_gain_and_the_costliest_comes_first():
    score = score_of(
        signs((1, "yellow"), (2, "red"), (1, "normal"), (4, "normal"), (9, "no_data")),
        formula=FORMULA,
    )
    assert score.value == pytest.approx(100 - 5 - 25)
    assert [(reason.code, pytest.approx(reason.points)) for reason in score.reasons] == [
        ("s1", 25),
        ("s0", 5),
    ]


def test_whole_is_the_weighted_mean_of_the_known_domains():
    scores = {
        "a": score_of(signs((1, "red"), (1, "normal")), formula=FORMULA),  # 50
        "b": score_of(signs((1, "normal")), formula=FORMULA),  # 100
        "c": score_of(signs((1, "no_data")), formula=FORMULA),
    }
    whole = overall(scores, weights={"a": 3})
    assert whole.value == pytest.approx((3 * 50 + 100) / 4)
    assert whole.confidence == pytest.approx(4 / 5)
    assert [reason.points for reason in whole.reasons] == [pytest.approx(50 * 3 / 4)]
    assert overall({"c": scores["c"]}, weights={}).value is None


def test_score_stays_between_nothing_and_a_hundred():
    steep = read_formula("100 - 500 * red_weight")
    assert score_of(signs((1, "red"), (1, "normal")), formula=steep).value == 0
    generous = read_formula("200 - red_weight")
    assert score_of(signs((1, "red"), (1, "normal")), formula=generous).value == 100


@pytest.mark.parametrize(
    "text", ["100 * blue_weight", "count(closed) * 2 +", "open('/etc')", "1 if 2"]
)
def test_formula_knows_three_words_only(text):
    with pytest.raises(FormulaError):
        read_formula(text)
