"""The draw of a quarter waits for the secretariat until the surveillance of each label it gave is open."""

from datetime import UTC, datetime, timedelta

import pytest

from certify.register.label_draws import KeptDraw
from schemas.scheme import Tier
from tests.builders import APPLICANT, SECRETARY, scheme
from tests.label_walk import LABEL_ID
from tests.pages.conftest import AUDITOR, House, words_of
from tests.pages.labels import do, label
from tests.pages.test_api_waiting import waiting
from workflows.rules.label.sampling import begins_at, due_at, quarter_of

BEFORE_THE_QUARTER = 120
TASK = "Open the surveillances drawn for"


def this_quarter() -> str:
    return quarter_of(datetime.now(UTC))


def clock() -> str:
    return f"surveillance_sample/{this_quarter()}"


async def test_a_drawn_label_waits_for_the_secretariat_by_the_schemes_working_days(house: House) -> None:
    await label(house, days_ago=BEFORE_THE_QUARTER)

    for who in (SECRETARY, AUDITOR):
        (line,) = [line for line in await waiting(house, who) if line["clock"] == clock()]
        assert (line["collection"], line["id"], line["waits_for"]) == ("labels", LABEL_ID, "secretariat")
        assert datetime.fromisoformat(line["due_at"]) == due_at(this_quarter(), scheme().rules)

    page = words_of(await (await house.browser(SECRETARY)).get("/secretariat"))
    assert f"{TASK} {this_quarter()}" in page
    assert "Nothing waits for you now." not in page


async def test_a_holder_does_not_learn_before_that_their_label_was_drawn(house: House) -> None:
    await label(house, days_ago=BEFORE_THE_QUARTER)

    lines = await waiting(house, APPLICANT)
    assert lines
    assert clock() not in {line["clock"] for line in lines}


async def test_once_the_surveillance_is_open_nobody_waits_for_it(house: House) -> None:
    await label(house, days_ago=BEFORE_THE_QUARTER)
    assert clock() in {line["clock"] for line in await waiting(house, SECRETARY)}

    opened = await do(house, SECRETARY, "open-extraordinary-surveillance", cause="sample", quarter=this_quarter())
    assert opened.status_code == 200, opened.text

    assert clock() not in {line["clock"] for line in await waiting(house, SECRETARY)}
    assert TASK not in words_of(await (await house.browser(SECRETARY)).get("/secretariat"))


@pytest.mark.parametrize(
    ("days_before", "told"), [(8, (False, False)), (7, (True, False)), (1, (True, False)), (-1, (False, True))]
)
async def test_the_secretariat_is_reminded_seven_days_before_and_when_the_time_is_over(
    house: House, days_before: int, told: tuple[bool, bool]
) -> None:
    await label(house, Tier.LOW, days_ago=BEFORE_THE_QUARTER)
    quarter = this_quarter()
    now = due_at(quarter, scheme().rules) - timedelta(days=days_before)
    assert now > begins_at(quarter)

    sample = await KeptDraw().open_sample(house.services.database, now)

    assert [life.id for life in sample.labels] == [LABEL_ID]
    assert (sample.is_near, sample.is_overdue) == told
