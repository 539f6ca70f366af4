"""What a granted case tells others: a label it renews is replaced, and the life of its own label begins."""

from schemas.case import Case
from schemas.errand import Errand
from workflows.rules.label.beginnings import begin_life_content

BEGIN, REPLACE = "begin_life", "supersede"


def errand_of(case: Case) -> Errand | None:
    """Return what another matter is to be told now, None when there is nothing.

    The life begins last: a label without one is a label of which something is still to be told.
    """
    if case.label is None:
        return None
    renewed = case.lodged.renews
    if renewed is not None and REPLACE not in case.errands_done:
        return Errand(key=REPLACE, to="label", subject=renewed, act=REPLACE, content={"successor": case.label.id})
    if BEGIN not in case.errands_done:
        return Errand(key=BEGIN, to="label", subject=case.label.id, act=BEGIN, content=begin_life_content(case))
    return None
