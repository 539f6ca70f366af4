"""Where the review of a complaint goes that is about a label which another one has replaced since."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters
from schemas.errand import Errand
from schemas.errors import Unavailable
from schemas.label_life import LabelLife
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.renewal import awaits_prolongation
from workflows.rules.matter.complaint_kernel import REVIEW


async def reached_by(session: AsyncSession, errand: Errand) -> str:
    """Return the matter that an errand reaches: of a review, the last label that replaced the one it is about.

    A review that was opened before the label was prolonged went on with it, and is opened no second time; nor is one
    that was opened before a renewal replaced it, for the renewal looks at everything anew.

    Raises:
        Unavailable: `not_recorded_yet`: what replaces the label is on its way.
    """
    label = errand.subject
    while errand.act == REVIEW:
        life = await matters.find(session, LabelLife, LABEL.name, label)
        if life is None and label != errand.subject:
            raise _on_its_way()
        if life is None or not life.is_over or errand.content["complaint"] in life.complaints:
            break
        if awaits_prolongation(life):
            raise _on_its_way()
        if life.successor is None:
            break
        label = life.successor
    return label


def _on_its_way() -> Unavailable:
    return Unavailable("not_recorded_yet", "The label that replaces this one is not on record yet.")
