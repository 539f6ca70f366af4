"""What picture and certificate say, from what is on record."""
# half of it is Russian

from datetime import UTC, datetime
from functools import cache

import pytest

from certify.config import Settings
from certify.register.attested import attestation_of
from certify.register.certificates import UNKNOWN, Granted, body_address, certificate_facts, preview_facts
from certify.register.labels import facts_of
from certify.wording import Language
from labels.certificate.document import document
from labels.encoding import to_base36
from labels.preview import previewed
from schemas.case import Case
from schemas.label_number import is_preview
from schemas.scheme import Tier
from tests.builders import Walk, lodged, scheme
from tests.label_walk import granted

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
TOKEN = to_base36(bytes(range(150)))
SETTINGS = Settings(public_url="https://v.example.eu")


@cache
def case_of(tier: Tier = Tier.LOW) -> Case:
    return granted(tier).case


def one(tier: Tier = Tier.LOW, *, websites: tuple[str, ...] = ()) -> Granted:
    case = case_of(tier)
    assert case.label is not None
    facts = facts_of(case).model_copy(update={"websites": websites})
    issued = case.label.model_copy(update={"token": TOKEN})
    return Granted(issued=issued, facts=facts, scheme=scheme())


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_certificate_can_be_made_of_every_tier_in_both_languages(tier: Tier, language: Language) -> None:
    facts = certificate_facts(one(tier), SETTINGS, language)

    assert facts.label.language == language
    assert facts.label.tier_name == scheme().texts.tiers[tier].name.in_language(language)
    assert "{" not in facts.meaning
    assert document(facts, at=NOW).startswith(b"%PDF")


def test_a_certificate_says_what_the_record_says() -> None:
    case, facts = case_of(), certificate_facts(one(websites=("acme.example",)), SETTINGS, "en")
    assert case.label is not None
    assert case.decision is not None

    assert (facts.label.id, facts.label.token) == (case.label.id, TOKEN)
    assert (facts.system, facts.label.product, facts.label.version) == ("Digit Reader", "Digit Reader", "1.2.0")
    assert (facts.label.holder, facts.holder_country) == ("Acme Vision", "Estonia")
    assert (facts.purpose, facts.deployment, facts.languages) == ("Reads digits.", "On a desk.", ("English",))
    assert facts.decision_number == case.decision.number
    assert facts.granted_on == case.decision.decided_at.date()
    assert facts.label.ends_on == case.label.expires_at.date()
    assert facts.scheme_digest == scheme().digest
    assert facts.websites == ("acme.example",)


def test_a_certificate_gives_body_and_holder_with_their_addresses() -> None:
    granted = one()
    facts = granted.facts.model_copy(update={"holder_address": "Sadama 1, Tallinn"})
    addressed = Granted(issued=granted.issued, facts=facts, scheme=granted.scheme)
    settings = Settings(body_address="Rue de la Loi 1, Brussels", body_address_ru="Брюссель, Закона, 1")

    english, russian = (certificate_facts(addressed, settings, language) for language in ("en", "ru"))
    assert (english.holder_address, english.issuer_address) == ("Sadama 1, Tallinn", "Rue de la Loi 1, Brussels")
    assert (russian.holder_address, russian.issuer_address) == ("Sadama 1, Tallinn", "Брюссель, Закона, 1")
    attested = attestation_of(addressed, settings, "en")
    assert (attested.holder_address, attested.issuer_address) == ("Sadama 1, Tallinn", "Rue de la Loi 1, Brussels")


def test_who_gave_no_address_has_none_on_the_certificate() -> None:
    facts = certificate_facts(one(), SETTINGS, "en")

    assert (facts.holder_address, facts.issuer_address) == (None, None)


def test_an_address_of_the_body_in_one_language_stands_in_both() -> None:
    english, russian = Settings(body_address="Rue de la Loi 1"), Settings(body_address_ru="Закона, 1")

    assert [body_address(english, language) for language in ("en", "ru")] == ["Rue de la Loi 1"] * 2
    assert [body_address(russian, language) for language in ("en", "ru")] == ["Закона, 1"] * 2


def test_the_address_a_case_was_lodged_with_is_what_its_label_tells() -> None:
    case = case_of()
    addressed = case.model_copy(
        update={"lodged": case.lodged.model_copy(update={"organisation_address": "Sadama 1, Tallinn"})}
    )

    assert facts_of(addressed).holder_address == "Sadama 1, Tallinn"
    assert "holder_address" not in facts_of(case).model_dump_json()
    assert preview_facts(addressed, scheme(), SETTINGS, "en", NOW).holder_address == "Sadama 1, Tallinn"


def test_names_are_in_the_language_of_the_certificate() -> None:
    facts = certificate_facts(one(), SETTINGS, "ru")

    assert (facts.holder_country, facts.languages) == ("Эстония", ("английский",))
    assert facts.label.issuer == SETTINGS.body_ru
    assert "Комиссия установила" in facts.meaning


def test_a_preview_leaves_open_what_only_a_decision_tells() -> None:
    case = Walk(Tier.MEDIUM).to_intake().case
    facts = preview_facts(case, scheme(), SETTINGS, "en", NOW)

    assert is_preview(facts.label.id)
    assert previewed(facts.label.token, at=NOW) == facts.label.id
    assert facts.decision_number == UNKNOWN
    assert f"the Commission found {UNKNOWN} of {UNKNOWN} requirements" in facts.meaning
    months = scheme().rules.tiers[Tier.MEDIUM].validity_months
    assert facts.label.ends_on.year * 12 + facts.label.ends_on.month == 2026 * 12 + 11 + months


def test_the_same_case_has_the_same_preview_and_another_another() -> None:
    first, second = Walk().to_intake().case, Walk(reference="B-2").to_intake().case
    second = second.model_copy(update={"id": "case-2"})

    numbers = [preview_facts(case, scheme(), SETTINGS, "en", NOW).label.id for case in (first, first, second)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_the_longest_names_of_an_application_have_a_preview() -> None:
    system = lodged().system.model_copy(update={"label_name": "Щ" * 24, "version": "1.2.3", "name": "Щ" * 200})
    case = Walk(system=system).to_intake().case

    assert document(preview_facts(case, scheme(), SETTINGS, "ru", NOW), at=NOW).startswith(b"%PDF")
