"""What each unsafe route leaves where it did what was asked (I11): this table, for whatever is no act of the procedure.

An act leaves one entry of its stream, which carries the act; it is known by its address. A route that is neither an act
nor in the table fails `test_what_is_left`.
"""

from dataclasses import dataclass

from certify.accounts.policy.deciding import FAMILIES, IN_CASES, IN_MATTERS
from certify.web.permissions import DeclaredRoute
from tests.pages.traces import name_of_route


@dataclass(frozen=True)
class Leaves:
    """What a request leaves.

    Attributes:
        ways: what it may leave: kinds of entries of the journal and of lines of the security log, in order; an entry of
            the stream `people` is told in a line of its own too.
        because: why it may leave nothing, where it may.
        is_page: it leaves its trace only where it leads on (303); else it showed something to look at or to fill in.
        acts: it leaves the one entry of an act, whatever its kind.
        many: one form does the act several times, each with an entry of its own.
    """

    ways: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    because: str = ""
    is_page: bool = False
    acts: bool = False
    many: bool = False


def _people(*kinds: str, is_page: bool = False) -> Leaves:
    """Entries of the stream `people`, each told in the security log."""
    return Leaves(((kinds, kinds),), is_page=is_page)


def _line(kind: str, *, is_page: bool = False) -> Leaves:
    """What an account holds beside the record: a line of the security log."""
    return Leaves((((), (kind,)),), is_page=is_page)


def _entry(kind: str, *, is_page: bool = False) -> Leaves:
    """One entry of the journal."""
    return Leaves((((kind,), ()),), is_page=is_page)


def _nothing(because: str) -> Leaves:
    return Leaves(because=because)


_ADMITTED = (("person_admitted",), ("person_admitted",))
_ASKED = (("invitation_asked",), ("invitation_asked",))
_CONFIRMED = ("invitation_confirmed", "person_admitted")
_RECOVERED = (("recovery_done",), ("recovery_done",))
_WITH_PASSKEY = (("passkey_removed", "recovery_done"), ("passkey_removed", "recovery_done"))
_DRAFT = "a draft is its person's own until it is lodged or handed in"
_FILE = "a file is on record once an act names it; until then it is swept"
_CHALLENGE = "asks what is to be signed; the act is on record"
_STORES_NOTHING = "a self-check stores nothing"

ROUTES = {
    "POST /sign-in": _line("signed_in"),
    "POST /sign-in/passkey": _nothing("asks the browser for a passkey"),
    "POST /sign-in/with-passkey": _line("signed_in"),
    "POST /sign-in/link": Leaves((((), ("invitation_accepted",)), ((), ("signed_in",)), _RECOVERED, _WITH_PASSKEY)),
    "POST /sign-out": _line("signed_out"),
    "POST /account/step-up": Leaves((((), ("stepped_up",)),), because="first asks the browser for a passkey"),
    "POST /account/passkeys/new": _nothing("asks the browser to make a passkey"),
    "POST /account/passkeys": _people("passkey_entered"),
    "POST /account/passkeys/remove": _people("passkey_removed"),
    "POST /account/generator/new": _nothing("a generator counts once its first code was given"),
    "POST /account/generator": _line("generator_added"),
    "POST /account/generator/remove": _line("generator_removed"),
    "POST /account/access/end": _people("access_ended"),
    "POST /account/invitations/confirm": _people(*_CONFIRMED),
    "POST /account/invitations/refuse": _people("invitation_refused"),
    "POST /account/organisation/consent": _people(*_CONFIRMED),
    "POST /account/organisation/decline": _people("invitation_refused"),
    "POST /account/organisation/end-access": _people("access_ended"),
    "POST /account/recoveries/request": _people("recovery_requested"),
    "POST /account/recoveries/approve": _people("recovery_approved"),
    "POST /account/recoveries/link": _people("recovery_link_made"),
    "POST /account/recoveries/cancel": _people("recovery_cancelled"),
    "POST /account/tokens": _line("token_created"),
    "POST /account/tokens/revoke": _line("token_revoked"),
    "POST /account/password": _line("password_changed"),
    "POST /account/mail": _line("email_changed"),
    "POST /account/data": _line("own_data_exported"),
    "POST /account/sessions/end": _line("session_ended"),
    "POST /account/sessions/end-others": _line("sessions_ended"),
    "POST /my/ties": _people("ties_declared", is_page=True),
    "POST /my/ties/end": _people("ties_declared", is_page=True),
    "POST /applicant/drafts": _nothing(_DRAFT),
    "POST /applicant/drafts/{reference}/discard": _nothing(_DRAFT),
    "POST /applicant/drafts/{reference}/{section}": _nothing(_DRAFT),
    "POST /applicant/drafts/{reference}/check": Leaves(
        ((("application_lodged",), ()), (("application_amended",), ())), is_page=True
    ),
    "POST /applicant/{application}/amend-application": _nothing(_DRAFT),
    "POST /applicant/{application}/one-file": Leaves(acts=True, is_page=True, many=True),
    "POST /reviewer/{application}/record-protocol": _nothing(_DRAFT),
    "POST /reviewer/{application}/record-protocol/check": Leaves(acts=True, is_page=True),
    "POST /reviewer/{application}/review": _nothing(_DRAFT),
    "POST /reviewer/{application}/review/check": Leaves(acts=True, is_page=True),
    "POST /secretariat/people": Leaves((_ADMITTED, _ASKED)),
    "POST /secretariat/organisations": _entry("entry_proposed", is_page=True),
    "POST /secretariat/complaints/{matter}/contact": _people("contact_erased"),
    "POST /complaint/{code}/contact": _people("contact_erased"),
    "DELETE /api/reports/{code}/contact": _people("contact_erased"),
    "POST /secretariat/labels/draw": Leaves(acts=True, is_page=True),
    "POST /api/applications": _entry("application_lodged"),
    "POST /api/applications/{application}/cast-ballot/challenge": _nothing(_CHALLENGE),
    "POST /api/applications/{application}/record-third-party-report/challenge": _nothing(_CHALLENGE),
    "POST /api/applications/{application}/release-label/challenge": _nothing(_CHALLENGE),
    "POST /api/applications/{application}/files": _nothing(_FILE),
    "POST /api/labels/{label}/files": _nothing(_FILE),
    "POST /api/me/data": _line("own_data_exported"),
    "PUT /api/me/ties": _people("ties_declared"),
    "POST /api/tokens": _line("token_created"),
    "DELETE /api/tokens/{token_id}": _line("token_revoked"),
    "POST /api/people": Leaves((_ADMITTED, _ASKED)),
    "POST /api/invitations/{invitation}/consent": _people(*_CONFIRMED),
    "POST /api/invitations/{invitation}/decline": _people("invitation_refused"),
    "POST /api/people/{person}/end-access": _people("access_ended"),
    "POST /api/organisations": _entry("entry_proposed"),
    "POST /api/schemes": _nothing("a version is on record once it is proposed"),
    "PUT /api/organisations/{matter}/holder-image": Leaves(acts=True),
    "POST /api/appeals": Leaves(acts=True),
    "POST /api/corrections": Leaves(acts=True),
    "POST /api/erasures": Leaves(acts=True),
    "POST /api/holds": Leaves(acts=True),
    "POST /api/practices": Leaves(acts=True),
    "POST /api/questions": Leaves(acts=True),
    "POST /api/scheme-proposals": Leaves(acts=True),
    "POST /api/reports": _entry("complaint_filed"),
    "POST /api/reports/{code}/answers": _entry("complainant_answered"),
    "POST /report": _entry("complaint_filed", is_page=True),
    "POST /report/{number}": _entry("complaint_filed", is_page=True),
    "POST /complaint/{code}": _entry("complainant_answered", is_page=True),
    "POST /api/self-check": _nothing(_STORES_NOTHING),
    "POST /self-check": _nothing(_STORES_NOTHING),
}
"""Whatever does more than send one act, by method and path."""


def left_by(route: DeclaredRoute) -> Leaves | None:
    """Return what a route leaves; None for one that nobody thought of."""
    found = ROUTES.get(name_of_route(route))
    if found is not None:
        return found
    action, end = getattr(route.declared, "action", ""), route.path.rpartition("/")[2]
    is_act = action in IN_CASES | IN_MATTERS and end == action.replace("_", "-")
    if is_act or (action in FAMILIES and end == "{act}"):
        return Leaves(acts=True, is_page=not route.path.startswith("/api/"))
    return None
