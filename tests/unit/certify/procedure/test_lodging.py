"""What an application takes over from the Register when it is lodged."""

from pathlib import Path

import pytest

from certify.procedure.lodging import RegisterFacts, lodging, register_facts
from certify.register.database import Database
from schemas.application_folder import read_folder
from tests.builders import ORGANISATION, scheme
from tests.unit.certify.register.records import append, entered
from tests.vaults import vault_in

EXAMPLE = Path(__file__).parents[4] / "examples" / "digit-reader"


@pytest.mark.parametrize("address", ["Sadama 1, Tallinn", None])
async def test_an_application_is_lodged_with_the_address_of_the_register(
    database: Database, tmp_path: Path, address: str | None
) -> None:
    await append(database, f"organisation/{ORGANISATION}", entered(address=address))
    async with database.reading() as session:
        register = await register_facts(session, ORGANISATION)
    assert register == RegisterFacts(organisation=ORGANISATION, group=(), address=address)

    application = read_folder(EXAMPLE).application
    act = await lodging(vault_in(tmp_path), "case-1", register, application, scheme())

    assert act["lodged"].organisation_address == address
    assert ("organisation_address" in act["lodged"].model_dump()) == (address is not None)
