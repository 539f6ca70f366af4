"""What the pages of appeals of several rooms share."""

from typing import Final

from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage

OWN: Final = "matters/appeal.html"

PUTTING_TO_VOTE = MatterPage(
    kind="put_appeal_to_vote",
    name=marked("Let the panel vote"),
    template="matters/put_appeal_to_vote.html",
    fields=lambda _: {},
    anchor="main-content",
    unlisted=frozenset({"motion_is_open", "already_decided"}),
)
