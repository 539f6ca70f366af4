"""The whole policy as text, for eyes: everybody, every action, every stage; `tests/data/policy_table.txt` is reviewed.

python -m tests.unit.certify.accounts.policy_table    writes it anew
"""

from collections.abc import Iterator
from pathlib import Path

from certify.accounts.matter_parts import MatterPart
from certify.accounts.policy import CASE_PERMISSIONS, permit
from certify.accounts.policy.case_table import READERS
from certify.accounts.policy.matter_table import MATTER_ACTIONS, MATTER_READINGS, readable_fields
from certify.accounts.policy.outside_table import OF_ONESELF, OUTSIDE_CASES, ROOMS
from certify.accounts.strength import STEP_UP
from schemas.people import PersonFacts, Role
from tests.unit.certify.accounts.cases import PEOPLE, STAGES, case_at, principal, rules
from workflows.rules.kernels import KERNELS

FILE = Path(__file__).parents[3] / "data" / "policy_table.txt"


def lines() -> Iterator[str]:
    """Yield the table, a line for each right."""
    yield from _in_cases()
    yield from _outside()
    yield from _in_matters()
    yield from (f"strong sign-in needed: {action}" for action in sorted(STEP_UP))


def _in_cases() -> Iterator[str]:
    for stage in STAGES:
        case = case_at(stage)
        for action in sorted({*READERS, *CASE_PERMISSIONS}):
            allowed = [who for who, facts in PEOPLE.items() if permit(principal(facts), action, case, rules())]
            yield f"case in {stage.value}: {action}: {', '.join(allowed) or 'nobody'}"


def _outside() -> Iterator[str]:
    for action in sorted({*OUTSIDE_CASES, *ROOMS, *OF_ONESELF}):
        people = {role.value: PersonFacts(person="somebody", roles=(role,)) for role in Role}
        people["without a role"] = PersonFacts(person="somebody")
        allowed = [who for who, facts in people.items() if permit(principal(facts), action)]
        yield f"outside cases: {action}: {', '.join(allowed) or 'nobody'}"


def _in_matters() -> Iterator[str]:
    for name, kernel in sorted(KERNELS.items()):
        for field in sorted(kernel.state.model_fields):
            readers = [part.value for part in MatterPart if field in readable_fields(name, {field}, {part})]
            yield f"matter {name}: read field {field}: {', '.join(readers)}"
        for action, row in sorted({**MATTER_READINGS, **MATTER_ACTIONS}.items()):
            if row.kinds is None or name in row.kinds:
                besides = f" who holds {row.role.value}" if row.role else ""
                yield f"matter {name}: {action}: {', '.join(sorted(row.parts))}{besides}"


def write() -> None:
    """Write the file anew."""
    FILE.write_text("\n".join(lines()) + "\n")


if __name__ == "__main__":
    write()
