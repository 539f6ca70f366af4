"""What is done over HTTP to see what it leaves: tests of pages and of the API, and what none of them does.

Each test that is named here walks through the routes beside it; `test_what_is_left` runs it once more and looks.
"""

from typing import Final

from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, SECRETARY
from tests.pages import test_erasures, test_legal_holds
from tests.pages.account import add_generator, strong
from tests.pages.complaints import followed
from tests.pages.conftest import House
from tests.pages.test_account_organisation import asked_for_ben
from tests.pages.test_report import STRANGE, reported

ROLES: Final = {"roles": ["developer"]}
SCENARIOS: Final[dict[str, tuple[str, ...]]] = {
    "test_account: test_a_changed_password_ends_all_other_sessions": ("POST /account/password",),
    "test_account: test_a_passkey_signs_in_without_an_address": (
        "POST /sign-in/passkey",
        "POST /sign-in/with-passkey",
    ),
    "test_account: test_a_token_is_shown_once_and_revoked": ("POST /account/tokens/revoke",),
    "test_account: test_one_line_of_the_security_log_tells_of_each_change": (
        "POST /account/generator",
        "POST /account/generator/new",
        "POST /account/tokens",
        "POST /sign-out",
    ),
    "test_account: test_sessions_are_listed_and_ended": (
        "POST /account/sessions/end",
        "POST /account/sessions/end-others",
    ),
    "test_account: test_staff_never_remove_their_last_second_factor": ("POST /account/passkeys/remove",),
    "test_account: test_the_password_proves_only_where_there_is_nothing_else": (
        "POST /account/mail",
        "POST /account/step-up",
    ),
    "test_account_access: test_whoever_left_is_out_at_once_whatever_they_sign_in_with": ("POST /account/access/end",),
    "test_account_invitations: test_a_refused_invitation_is_gone": ("POST /account/invitations/refuse",),
    "test_account_invitations: test_an_officer_with_a_tie_is_refused_on_record_and_offered_nothing": ("POST /my/ties",),
    "test_account_invitations: test_the_api_tells_what_a_second_person_is_to_confirm": ("POST /api/people",),
    "test_account_invitations: test_whom_one_names_another_confirms_and_gives_the_link": (
        "POST /account/invitations/confirm",
    ),
    "test_account_organisation: test_a_colleague_is_shut_out_at_once": (
        "POST /account/organisation/consent",
        "POST /account/organisation/end-access",
    ),
    "test_account_organisation: test_the_api_does_the_same": (
        "POST /api/invitations/{invitation}/consent",
        "POST /api/invitations/{invitation}/decline",
        "POST /api/people/{person}/end-access",
        "POST /secretariat/people",
    ),
    "test_account_recovery: test_a_recovery_takes_two_officers_a_day_and_ends_all_that_was_before": (
        "POST /account/passkeys",
        "POST /account/passkeys/new",
        "POST /account/recoveries/approve",
        "POST /account/recoveries/link",
        "POST /account/recoveries/request",
        "POST /sign-in",
        "POST /sign-in/link",
    ),
    "test_account_recovery: test_the_person_stops_a_recovery_and_its_link_is_worth_nothing": (
        "POST /account/recoveries/cancel",
    ),
    "test_api_entries: test_a_proposed_organisation_stands_in_the_register_once_another_person_confirmed_it": (
        "POST /api/organisations",
    ),
    "test_api_intake: test_a_correction_is_the_whole_application_and_moves_the_tier": (
        "POST /api/applications/{application}/amend-application",
    ),
    "test_api_labels: test_a_renewal_is_asked_for_with_an_application_that_names_the_label": (
        "POST /api/labels/{matter}/ask-renewal",
    ),
    "test_api_labels: test_a_surveillance_goes_from_its_opening_to_the_panel": (
        "POST /api/labels/{label}/files",
        "POST /api/labels/{matter}/judge-surveillance",
        "POST /api/labels/{matter}/offer-fresh-evidence",
    ),
    "test_api_reports: test_a_question_is_read_and_answered_once_by_the_code": (
        "POST /api/reports/{code}/answers",
        "POST /reviewer/complaints/{matter}/{act}",
        "POST /secretariat/complaints/{matter}/{act}",
    ),
    "test_api_reports: test_anybody_files_a_complaint_and_follows_it_by_its_code": ("POST /api/reports",),
    "test_appeals: test_an_appeal_is_decided_by_its_panel_and_read_by_the_party_without_names": (
        "POST /appeals/{matter}/{act}",
        "POST /applicant/appeals/{matter}/{act}",
        "POST /secretariat/appeals/{matter}/{act}",
    ),
    "test_appeals: test_the_api_takes_an_appeal_of_the_party_alone_and_its_id_follows_from_the_act": (
        "POST /api/appeals",
    ),
    "test_applicant: test_a_file_is_handed_in_listed_downloaded_and_taken_back": (
        "POST /applicant/{application}/offer-evidence",
        "POST /applicant/{application}/{act}",
    ),
    "test_applicant_amending: test_an_applicant_who_was_asked_corrects_the_application_and_answers_no_question_by_it": (
        "POST /applicant/drafts/{reference}/check",
        "POST /applicant/drafts/{reference}/{section}",
        "POST /applicant/{application}/amend-application",
    ),
    "test_applicant_drafts: test_a_draft_is_discarded_only_after_asking": (
        "POST /applicant/drafts",
        "POST /applicant/drafts/{reference}/discard",
    ),
    "test_complaints: test_a_complaint_is_handled_and_decided_by_two_people_who_took_no_part": (
        "POST /commission/complaints/{matter}/{act}",
    ),
    "test_complaints: test_only_the_secretariat_sees_how_to_reach_the_complainant_and_can_erase_it": (
        "POST /secretariat/complaints/{matter}/contact",
    ),
    "test_corrections: test_a_confirmed_correction_stands_beside_the_entry_it_corrects": ("POST /api/corrections",),
    "test_corrections: test_a_member_confirms_on_a_page_what_the_secretariat_proposed_on_another": (
        "POST /commission/corrections/{matter}/{act}",
        "POST /secretariat/corrections/{matter}/{act}",
    ),
    "test_entries_pages: test_an_organisation_is_proposed_and_waits_for_a_second_person": (
        "POST /secretariat/organisations",
    ),
    "test_erasures: test_what_was_taken_back_can_be_erased_while_the_case_goes_on": ("POST /api/erasures",),
    "test_erasures: test_whoever_asked_does_not_approve_nor_does_a_member_who_holds_no_chair": (
        "POST /secretariat/erasures/{matter}/{act}",
    ),
    "test_holder_image: test_a_program_gives_it_once_under_a_key_and_takes_it_away": (
        "POST /api/organisations/{matter}/choose-holder-image",
        "PUT /api/organisations/{matter}/holder-image",
    ),
    "test_holder_image: test_an_image_is_given_and_seen_as_it_will_be_printed": (
        "POST /applicant/organisation/{matter}/choose-holder-image",
    ),
    "test_institutions: test_a_member_gives_up_their_own_seat_and_nobody_elses": (
        "POST /commission/institutions/{matter}/{act}",
        "POST /secretariat/institutions/{matter}/{act}",
    ),
    "test_label_pages: test_a_member_declares_before_a_suspension_is_offered": (
        "POST /commission/labels/{matter}/{act}",
    ),
    "test_label_pages: test_a_surveillance_is_walked_in_the_browser_from_the_incident_to_the_findings": (
        "POST /applicant/labels/{matter}/{act}",
        "POST /reviewer/labels/{matter}/{act}",
        "POST /secretariat/labels/{matter}/{act}",
    ),
    "test_label_pages: test_fresh_evidence_is_handed_in_with_its_file": (
        "POST /applicant/labels/{matter}/offer-fresh-evidence",
    ),
    "test_one_file: test_a_folder_with_one_file_under_several_types_is_uploaded_once_and_offered_for_each": (
        "POST /api/applications",
        "POST /api/applications/{application}/files",
        "POST /api/applications/{application}/offer-evidence",
    ),
    "test_one_file: test_one_file_ticked_for_all_that_is_missing_leaves_nothing_missing": (
        "POST /applicant/{application}/one-file",
    ),
    "test_organisations: test_an_application_is_decided_by_a_vote_and_stands_in_the_public_register": (
        "POST /applicant/organisation/{matter}/{act}",
        "POST /commission/organisations/{matter}/{act}",
        "POST /secretariat/accessions/{matter}/{act}",
    ),
    "test_questions: test_the_asker_reads_the_answer_once_the_vote_carried_it_and_no_names": (
        "POST /applicant/questions/{matter}/{act}",
        "POST /commission/questions/{matter}/{act}",
        "POST /secretariat/questions/{matter}/{act}",
    ),
    "test_report: test_the_complainant_answers_a_question_once_by_the_code": ("POST /complaint/{code}",),
    "test_reviewer: test_the_start_page_first_asks_for_interests_then_for_an_answer": (
        "POST /reviewer/{application}/{act}",
    ),
    "test_reviewer_protocols: test_a_protocol_is_written_checked_recorded_and_cited": (
        "POST /reviewer/{application}/record-protocol",
        "POST /reviewer/{application}/record-protocol/check",
    ),
    "test_reviewer_corrections: test_what_is_judged_again_is_handed_in_alone": (
        "POST /reviewer/{application}/review",
        "POST /reviewer/{application}/review/check",
    ),
    "test_scheme_proposals: test_the_commission_sees_what_is_stricter_and_who_fails_and_adopts_by_its_vote": (
        "POST /api/schemes",
        "POST /commission/schemes/{matter}/{act}",
        "POST /secretariat/schemes/{matter}/{act}",
    ),
    "test_signed_acts: test_a_client_asks_signs_and_casts": (
        "POST /api/applications/{application}/cast-ballot/challenge",
    ),
    "test_signed_reports: test_who_was_drawn_signs_report_and_summary_and_hands_them_in": (
        "POST /api/applications/{application}/record-third-party-report/challenge",
    ),
    "test_tier_and_third_party: test_only_who_was_drawn_finds_the_case_and_may_say_no": (
        "POST /commission/{application}/{act}",
        "POST /secretariat/{application}/{act}",
    ),
    "test_practices: test_a_practice_that_was_taken_down_is_no_longer_shown": (
        "POST /applicant/practices/{matter}/{act}",
        "POST /commission/practices/{matter}/{act}",
        "POST /secretariat/practices/{matter}/{act}",
    ),
    "test_ties: test_a_tie_is_added_and_ended_on_a_page": (
        "POST /my/ties",
        "POST /my/ties/end",
    ),
}
"""Tests by module and name, with the routes on which they do something."""


async def tokens_are_made_and_revoked(house: House) -> None:
    """An account's own tokens at the API."""
    browser = await strong(house, APPLICANT)
    made = await browser.post("/api/tokens", json={"name": "mine", "scopes": ["read"]})
    found = (await browser.get("/api/tokens")).json()[0]["id"]
    assert (made.status_code, (await browser.delete(f"/api/tokens/{found}")).status_code) == (200, 204)


async def a_generator_is_removed(house: House) -> None:
    """By an applicant, who needs none."""
    browser = await strong(house, APPLICANT)
    await add_generator(house, browser, APPLICANT)
    assert (await browser.post("/account/generator/remove")).status_code == 303


async def an_invitation_is_declined(house: House) -> None:
    """By the organisation it leads into."""
    invitation = await asked_for_ben(house)
    anna = await strong(house, APPLICANT)
    done = await anna.post("/account/organisation/decline", data={"invitation": invitation})
    assert done.status_code == 303


async def ties_are_declared(house: House) -> None:
    """At the API."""
    assert (await (await strong(house, LABEL_OFFICER)).put("/api/me/ties", json={"ties": []})).status_code == 200


async def somebody_reports_and_checks_themselves(house: House) -> None:
    """Without an account."""
    browser = await house.browser(None)
    assert (await reported(browser, STRANGE)).status_code == 303
    assert (await reported(browser)).status_code == 303
    answered = [
        await browser.post("/self-check", data={"roles": "developer"}),
        await browser.post("/api/self-check", json=ROLES),
    ]
    assert [one.status_code for one in answered] == [200, 200]


async def a_question_is_asked(house: House) -> None:
    """At the API."""
    asked = {"text": "May it?", "may_be_published": True}
    assert (await (await strong(house, APPLICANT)).post("/api/questions", json=asked)).status_code == 200


async def own_data_is_taken(house: House) -> None:
    """On the page and at the API."""
    browser = await strong(house, APPLICANT)
    answered = [await browser.post("/account/data", data={}), await browser.post("/api/me/data")]
    assert [one.status_code for one in answered] == [200, 200]


async def complainants_have_their_contacts_erased(house: House) -> None:
    """On the page and at the API."""
    one, another = [await followed(house, secret=secret * 32, contact="me@example.eu") for secret in "st"]
    browser = await house.browser(None)
    assert (await browser.post(f"/complaint/{one}/contact", data={})).status_code == 303
    assert (await browser.delete(f"/api/reports/{another}/contact")).status_code == 204


async def a_case_is_held(house: House) -> None:
    """At the API, and on pages by two people."""
    about = {"about": "person", "held": EXPERTS[0].person, "reasons": "A court asks for it."}
    assert (await (await strong(house, SECRETARY)).post("/api/holds", json=about)).status_code == 200
    await test_legal_holds.test_a_hold_counts_while_it_waits_and_no_longer_once_refused(house)


async def evidence_is_erased(house: House) -> None:
    """By two people, on pages."""
    await test_erasures.declined(house)
    erasure = await test_erasures.asked(house, item="E1")
    officer = await house.browser(LABEL_OFFICER)
    page = await test_erasures.sent(officer, f"/commission/erasures/{erasure}/approve-erasure")
    assert page.status_code == 303


OWN: Final = {
    tokens_are_made_and_revoked: ("POST /api/tokens", "DELETE /api/tokens/{token_id}"),
    a_generator_is_removed: ("POST /account/generator/remove",),
    an_invitation_is_declined: ("POST /account/organisation/decline",),
    a_question_is_asked: ("POST /api/questions",),
    ties_are_declared: ("PUT /api/me/ties",),
    somebody_reports_and_checks_themselves: (
        "POST /report",
        "POST /report/{number}",
        "POST /api/self-check",
        "POST /self-check",
    ),
    evidence_is_erased: ("POST /commission/erasures/{matter}/{act}",),
    own_data_is_taken: ("POST /account/data", "POST /api/me/data"),
    complainants_have_their_contacts_erased: (
        "POST /complaint/{code}/contact",
        "DELETE /api/reports/{code}/contact",
    ),
    a_case_is_held: (
        "POST /api/holds",
        "POST /commission/holds/{matter}/{act}",
        "POST /secretariat/holds/{matter}/{act}",
    ),
}
"""What no test of pages does without arguments, with the routes."""

_LEAVES = "an act of every kind of vote; its rule and its door are those of the label's, which is done here"
NOT_DONE: Final = {
    **dict.fromkeys(
        (
            f"POST /api/{one}/{{matter}}/leave-electorate"
            for one in ("appeals", "questions", "organisations", "scheme-proposals")
        ),
        _LEAVES,
    ),
    **dict.fromkeys(
        ("POST /api/labels/{matter}/propose-suspension", "POST /api/labels/{matter}/confirm-suspension"),
        "takes an elected chair, which these walks do not have",
    ),
    "POST /api/labels/{matter}/put-prolongation-to-vote": "takes a second application, which these walks do not have",
    "POST /api/practices": "takes a case with results; the page of the same act is done here",
    **dict.fromkeys(
        ("POST /api/scheme-proposals", "POST /api/scheme-proposals/{matter}/put-scheme-to-vote"),
        "takes another version of the scheme; the page of the same act is done here",
    ),
    "POST /secretariat/labels/draw": "takes a label that the draw of a quarter names; its act is done at the API",
    "POST /api/applications/{application}/release-label/challenge": "as the challenge of a ballot, which is done here",
}
"""Routes that nothing here walks through, and why."""
