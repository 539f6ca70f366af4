"""Who may do what outside cases and matters: rooms of pages, people, the Register, schemes, oneself."""

from typing import Final

from schemas.people import Role

LODGING: Final = "lodge_application"

_READING_ALL = (Role.AUDITOR, Role.IMPARTIALITY_MEMBER)
_EVERYBODY = frozenset(Role) - {Role.OPERATOR}

OFFICERS: Final = frozenset({Role.SECRETARIAT, Role.LABEL_OFFICER})
"""Who invites, ends access and recovers accounts, two together: staff kept apart by the procedure, so there are two."""

OUTSIDE_CASES: Final[dict[str, frozenset[Role]]] = {
    LODGING: frozenset({Role.APPLICANT}),
    "write_draft": frozenset({Role.APPLICANT, Role.EXPERT}),
    "read_drafts": frozenset({Role.APPLICANT}),
    "list_cases": _EVERYBODY,
    "enter_organisation": frozenset({Role.SECRETARIAT}),
    "invite_person": frozenset({Role.SECRETARIAT}),
    "hand_in_scheme": frozenset({Role.SECRETARIAT}),
    "rehearse_scheme": frozenset({Role.SECRETARIAT, Role.COMMISSIONER, *_READING_ALL}),
    "read_people": frozenset({Role.SECRETARIAT, *_READING_ALL}),
    "read_register": frozenset({Role.SECRETARIAT, *_READING_ALL}),
    "read_retention": frozenset({Role.SECRETARIAT, *_READING_ALL}),
    "read_draws": frozenset({Role.SECRETARIAT, *_READING_ALL}),
    **dict.fromkeys(("read_recoveries", "request_recovery", "approve_recovery", "complete_recovery"), OFFICERS),
    **dict.fromkeys(("read_access", "end_access"), OFFICERS),
    **dict.fromkeys(("read_invitations", "confirm_invitation", "refuse_invitation"), OFFICERS),
    **dict.fromkeys(
        ("read_colleagues", "consent_to_invitation", "decline_invitation", "end_colleague_access"),
        frozenset({Role.APPLICANT}),
    ),
}
"""Who may do what outside cases, by role alone."""

ROOMS: Final[dict[str, tuple[frozenset[Role], str]]] = {
    "enter_applicants_room": (frozenset({Role.APPLICANT}), "These pages belong to applicants."),
    "enter_reviewers_room": (frozenset({Role.EXPERT}), "These pages belong to the expert reviewers."),
    "enter_commissions_room": (
        frozenset({Role.COMMISSIONER, Role.NEUTRAL_THIRD_PARTY, Role.LABEL_OFFICER}),
        "These pages belong to the Commission.",
    ),
    "enter_secretariats_room": (
        frozenset({Role.SECRETARIAT, *_READING_ALL}),
        "These pages belong to the secretariat.",
    ),
    "enter_pools_room": (frozenset({Role.APPEAL_MEMBER}), "These pages belong to the appeal pool."),
}
"""Which roles have a room of pages, and what somebody else is told. A room gives no right to what is in it."""

OF_ONESELF: Final = frozenset(
    {
        "read_own_account",
        "list_matters",
        "read_receipt",
        "sign_out",
        "declare_own_ties",
        "step_up",
        *("add_passkey", "remove_passkey", "add_generator", "remove_generator"),
        *("change_password", "change_email", "end_session", "cancel_recovery"),
        "export_own_data",
        "create_token",
        "revoke_token",
    }
)
"""What everybody who is signed in may do, about themselves."""

READ_OUTSIDE: Final = frozenset(
    {
        "list_cases",
        "read_people",
        "read_register",
        "read_draws",
        "read_retention",
        "read_recoveries",
        "read_access",
        "read_invitations",
        "read_colleagues",
        "read_drafts",
        "rehearse_scheme",
        "read_own_account",
        "list_matters",
        "read_receipt",
        *ROOMS,
    }
)
"""Which of them only read."""
