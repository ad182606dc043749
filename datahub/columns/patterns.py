r"""Patterns of values: the part of regular expressions that Python and PostgreSQL read alike.

Literals, `.`, sets like [A-Z0-9], \d, groups, `|`, and `? * + {m,n}`. No look-around, no names, no
references, no lazy or possessive quantifiers, and no quantifier over a group that repeats inside:
such a pattern could take a lifetime over one value.
"""

import re

LENGTH = 200
MARKS = frozenset(r"\.^$*+?{}[]()|-/")
QUANTIFIER = re.compile(r"[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\}")
SET = re.compile(r"\[\^?(?:[^\[\]\\^-](?:-[^\[\]\\^-])?|\\d|\\[.*+?^$|(){}\[\]/-])+-?\]")
PIECE = re.compile(r"\\(.)|(.)", re.DOTALL)


class PatternError(ValueError):
    """A pattern that is not plain enough; the message says why, in Chinese."""


def check_pattern(pattern: str) -> None:
    """Refuse what the two engines would read differently or could hang on."""
    if len(pattern) > LENGTH:
        raise PatternError(f"格式最长 {LENGTH} 个字符")
    _scan(pattern)
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise PatternError("格式不是有效的正则表达式") from error


def _scan(pattern: str) -> None:
    place, groups, after, was_quantified = 0, [False], "", False
    while place < len(pattern):
        if found := QUANTIFIER.match(pattern, place):
            _check_quantifier(after, was_quantified)
            groups[-1] = groups[-1] or found[0] != "?"
            after, was_quantified = "quantifier", False
        elif pattern[place] == "(":
            found = re.compile(r"\((?:\?:)?").match(pattern, place)
            groups.append(False)
            after = "start"
        elif pattern[place] == ")":
            found = re.compile(r"\)").match(pattern, place)
            if len(groups) == 1:
                raise PatternError("括号不成对")
            was_quantified = groups.pop()
            groups[-1] = groups[-1] or was_quantified
            after = "group"
        else:
            found = _atom(pattern, place)
            after = "start" if found[0] == "|" else "atom"
        assert found is not None  # noqa: S101  # for the type checker
        place = found.end()


def _check_quantifier(after: str, was_quantified: bool) -> None:
    if after not in ("atom", "group"):
        raise PatternError("量词前须有内容，也不能连用")
    if after == "group" and was_quantified:
        raise PatternError("括号内已有重复时，括号外不能再重复")


def _atom(pattern: str, place: int) -> re.Match[str]:
    if pattern[place] == "[":
        if found := SET.match(pattern, place):
            return found
        raise PatternError("方括号内只能是字符、区间和 \\d")
    found = PIECE.match(pattern, place)
    assert found is not None  # noqa: S101  # for the type checker
    if found[1] is None and found[0] in r"\^$]}{":
        raise PatternError(f"不能使用 {found[0]}；格式总是与整个值比较")
    if found[1] is not None and found[1] != "d" and found[1] not in MARKS:
        raise PatternError(f"不能使用 \\{found[1]}")
    return found


def plain(pattern: str) -> str:
    r"""Write \d as digits: Python would take those of every script."""
    return re.sub(
        r"\\(.)|\[|\]",
        lambda found: found[0] if found[1] != "d" else "0-9",
        _outside(pattern),
        flags=re.DOTALL,
    )


def _outside(pattern: str) -> str:
    r"""Put \d that stands outside of a set into one of its own."""
    return re.sub(
        rf"({SET.pattern})|(\\d)|(\\.)",
        lambda found: "[0-9]" if found[2] else found[0],
        pattern,
        flags=re.DOTALL,
    )
