"""How an invariant that does not hold is told."""


class Violation(Exception):  # noqa: N818  # the word of the explorer
    """An invariant does not hold."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


def require(invariant: str, holds: object, what: str) -> None:
    """Raise unless something holds."""
    if not holds:
        raise Violation(invariant, what)
