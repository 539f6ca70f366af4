"""The room of applicants: their own cases and the acts in them."""

from certify.accounts.parts import Part
from certify.web.act_pages import Room
from certify.web.applicant.acts import PAGES
from certify.web.applicant.desk import PATH

ROOM = Room(path=PATH, parts=frozenset({Part.APPLICANT}), pages=PAGES)
