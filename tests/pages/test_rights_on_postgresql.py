"""What people do, with the rights that programs have on PostgreSQL (deploy/grants.sql; ASVS 13.2.1, 13.2.2)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response
from sqlmodel import func, select

from certify.register.database import Database
from certify.register.scan_counts import ScanCount
from certify.web.services import public_services
from certify.web.verification import create
from tests.builders import LABEL_OFFICER
from tests.cells import CELLS
from tests.pages import (
    test_account,
    test_account_invitations,
    test_account_recovery,
    test_applicant,
    test_applicant_drafts,
    test_complaints,
    test_downloads,
    test_erasures,
    test_holder_image,
    test_legal_holds,
    test_uploads,
)
from tests.pages.account import with_password
from tests.pages.conftest import House, furnish, housed
from tests.pages.test_public import issued
from tests.pages.test_verification_program import addresses, asking
from tests.postgres import VERIFICATION, PostgresServer, postgres

__all__ = ["postgres"]

OF_PEOPLE = (
    test_applicant.test_a_file_is_handed_in_listed_downloaded_and_taken_back,
    test_applicant_drafts.test_a_draft_is_discarded_only_after_asking,
    test_applicant_drafts.test_an_application_is_lodged_from_the_forms_and_its_draft_is_gone,
    test_complaints.test_a_complaint_is_handled_and_decided_by_two_people_who_took_no_part,
    test_complaints.test_only_the_secretariat_sees_how_to_reach_the_complainant_and_can_erase_it,
    test_downloads.test_every_way_to_an_item_makes_one_entry_and_gives_the_same_bytes,
    test_erasures.test_what_was_taken_back_can_be_erased_while_the_case_goes_on,
    test_holder_image.test_an_image_is_replaced_and_taken_away,
    test_holder_image.test_what_was_replaced_a_day_ago_is_cleared_while_the_program_runs,
    test_legal_holds.test_an_erasure_approved_before_the_hold_destroys_nothing,
    test_uploads.test_a_refused_upload_takes_away_nothing_that_another_has_noted,
)
OF_ACCOUNTS = (
    test_account.test_a_changed_password_ends_all_other_sessions,
    test_account.test_a_passkey_signs_in_without_an_address,
    test_account.test_a_token_is_shown_once_and_revoked,
    test_account.test_codes_are_slowed_down_after_a_few_wrong_ones,
    test_account.test_whoever_has_a_generator_gives_a_code_after_the_password,
    test_account_recovery.test_a_recovery_takes_two_officers_a_day_and_ends_all_that_was_before,
)
"""Tests of pages that write in a table of every kind; each runs here once more."""


@pytest.fixture
async def on_postgresql(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[House]:
    async with postgres.fresh() as url:
        await furnish(database := Database(url, cells=CELLS))
        async with housed(tmp_path, database) as opened:
            yield opened


@pytest.fixture
async def strict_on_postgresql(on_postgresql: House) -> AsyncIterator[House]:
    settings = on_postgresql.services.settings.model_copy(update={"strong_sign_in": "required"})
    opened = House(replace(on_postgresql.services, settings=settings))
    yield opened
    await opened.close()


@pytest.fixture
async def founded_on_postgresql(strict_on_postgresql: House) -> House:
    await with_password(strict_on_postgresql, LABEL_OFFICER)
    return strict_on_postgresql


@pytest.mark.parametrize("does", OF_PEOPLE, ids=lambda does: does.__name__)
async def test_these_rights_are_enough(on_postgresql: House, does: Callable[[House], Awaitable[None]]) -> None:
    await does(on_postgresql)


@pytest.mark.parametrize("does", OF_ACCOUNTS, ids=lambda does: does.__name__)
async def test_these_rights_are_enough_to_sign_in(
    strict_on_postgresql: House, does: Callable[[House], Awaitable[None]]
) -> None:
    await does(strict_on_postgresql)


async def test_these_rights_are_enough_to_let_somebody_in(founded_on_postgresql: House) -> None:
    await test_account_invitations.test_whom_one_names_another_confirms_and_gives_the_link(founded_on_postgresql)


def without_seats(answer: Response) -> bytes:
    """What an answer says but for the holder's seats, which only `web` may read of the people."""
    return re.sub(rb'"holder_seats":(null|\[[^]]*\]),?', b"", answer.content)


async def test_scans_are_answered_and_counted_with_the_rights_of_verification(on_postgresql: House) -> None:
    label = await issued(on_postgresql)
    services = on_postgresql.services
    url = services.database.engine.url.set(username=VERIFICATION).render_as_string(hide_password=False)
    part = replace(public_services(services.settings, Database(url), services.vault), proofs=services.proofs)

    async with asking(on_postgresql.app) as web, asking(create(part)) as verification:
        for path in addresses(label):
            expected, found = [await one.get(path) for one in (web, verification)]
            assert found.status_code == expected.status_code, path
            assert len(without_seats(found)) == len(without_seats(expected)), path

    await part.scans.write(part.database)
    async with part.database.reading() as session:
        assert (await session.exec(select(func.sum(ScanCount.count)))).one() > 0
    await part.database.close()
