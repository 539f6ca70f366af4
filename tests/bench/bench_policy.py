"""What one decision about a permission costs: `python tests/bench/bench_policy.py`, microseconds, the best of five."""

import timeit
from time import process_time

from certify.accounts.policy import NOTHING, CaseFacts, Facts, MatterFacts, decide
from schemas.stages import Stage
from tests.builders import APPLICANT, text
from tests.matters import MatterWalk
from tests.unit.certify.accounts.cases import NOW, PEOPLE, case_at, principal, rules
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION

TIMES = 2000


def main() -> None:
    """Print the cost of each."""
    case = CaseFacts(case_at(Stage.DECISION), rules())
    question = MatterWalk(ETHICS_QUESTION).act("ask_commission", APPLICANT, text=text()).state
    asked: list[tuple[str, str, Facts]] = [
        ("secretariat", "invite_person", NOTHING),
        ("secretariat", "read_case", case),
        ("applicant elsewhere", "read_case", case),
        ("commissioner", "read_ballots", case),
        ("expert", "read_evidence", case),
        ("commissioner", "cast_ballot", case),
        ("secretariat", "open_round", case),
        ("secretariat", "read_matter", MatterFacts(ETHICS_QUESTION, question, rules())),
        ("commissioner", "propose_answer", MatterFacts(ETHICS_QUESTION, question, rules())),
    ]
    for who, action, facts in asked:
        asking = principal(PEOPLE[who], strong_at=NOW)
        took = min(timeit.repeat(lambda: decide(asking, action, facts, NOW), process_time, number=TIMES, repeat=5))  # noqa: B023
        print(f"{who:<20} {action:<16} {took / TIMES * 1e6:6.1f} µs")  # noqa: T201


if __name__ == "__main__":
    main()
