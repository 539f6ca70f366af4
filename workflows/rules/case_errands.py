"""What a granted case tells others: its label's life begins, and a label it renews is replaced (edition 2)."""

from schemas.case import Case
from schemas.errand import Errand
from workflows.rules.label_beginnings import begin_life_content

BEGIN, REPLACE = "begin_life", "supersede"


def errand_of(case: Case) -> Errand | None:
    """Return what another matter is to be told now, None when there is nothing."""
    if case.edition == 1 or case.label is None:
        return None
    if BEGIN not in case.errands_done:
        return Errand(key=BEGIN, to="label", subject=case.label.id, act=BEGIN, content=begin_life_content(case))
    renewed = case.lodged.renews
    if renewed is not None and REPLACE not in case.errands_done:
        return Errand(key=REPLACE, to="label", subject=renewed, act=REPLACE, content={"successor": case.label.id})
    return None
