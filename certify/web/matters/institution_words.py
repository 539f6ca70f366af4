"""The bodies, offices and groups of the institutions in words, for every audience (Code, II-2.3)."""

from collections.abc import Mapping
from typing import Final

from certify.web.language import marked
from schemas.institution import Body, GroupPurpose, Office, Sector, VacancyCause

BODIES: Final[Mapping[Body, str]] = {
    Body.COMMISSION: marked("Commission"),
    Body.APPEAL_POOL: marked("Appeal pool"),
    Body.IMPARTIALITY_COMMITTEE: marked("Impartiality committee"),
}
OFFICES: Final[Mapping[Office, str]] = {
    Office.CHAIR: marked("Chair"),
    Office.DEPUTY: marked("Deputy chair"),
    Office.MEMBER: marked("Member"),
    Office.SUBSTITUTE: marked("Substitute"),
}
CAUSES: Final[Mapping[VacancyCause, str]] = {
    VacancyCause.RESIGNATION: marked("Resignation"),
    VacancyCause.REMOVAL: marked("Removal by the general meeting"),
}
PURPOSES: Final[Mapping[GroupPurpose, str]] = {
    GroupPurpose.RISK_METHOD: marked("Method of risk assessment"),
    GroupPurpose.PRACTICES: marked("Set of practices"),
    GroupPurpose.CRITERIA: marked("Criteria and checklists"),
}
SECTORS: Final[Mapping[Sector, str]] = {
    Sector.BUSINESS: marked("Business"),
    Sector.SCIENCE: marked("Science"),
    Sector.GOVERNMENT: marked("Government"),
    Sector.OTHER: marked("Other"),
}
TITLE: Final = marked("Institutions")
INTRO: Final = marked("Who was elected to the Commission, the appeal pool and the impartiality committee.")
OWN: Final = "matters/institution.html"
