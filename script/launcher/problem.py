"""What a person is told when the launcher cannot go on."""


class Problem(Exception):
    """Say in one line what is wrong and what to do about it."""

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
