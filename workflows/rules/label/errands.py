"""What a label tells another one: a prolonged label begins the life of the one that carries it on."""

from schemas.errand import Errand
from schemas.label_life import LabelLife
from workflows.rules.label.beginnings import prolonged_life_content

BEGIN, REPLACE = "begin_life", "supersede"


def errand_of(life: LabelLife) -> Errand | None:
    """Return what another label is to be told now, None when there is nothing."""
    label = life.prolongation.label if life.prolongation is not None else None
    if label is None:
        return None
    if BEGIN not in life.errands_done:
        return Errand(key=BEGIN, to="label", subject=label.id, act=BEGIN, content=prolonged_life_content(life))
    if life.renewed_by is not None and REPLACE not in life.errands_done:
        return Errand(key=REPLACE, to="label", subject=label.id, act=REPLACE, content={"successor": life.renewed_by})
    return None
