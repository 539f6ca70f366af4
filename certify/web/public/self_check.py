"""The self-check: anyone answers, and is answered at once; nothing of it is stored, logged or remembered (II-2.5)."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.register import schemes
from certify.web import self_check_words as words
from certify.web.act_pages import Typed, typed_of
from certify.web.language import language_of, marked, sentence
from certify.web.permissions import public
from certify.web.public.views import READ
from certify.web.questionnaire import UNKNOWN, answers_to
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from schemas.scheme import BUILT_IN, Scheme
from schemas.self_check import SelfCheckAnswers
from workflows.rules.self_check import self_check

router = APIRouter()
SCHEME = BUILT_IN.name
PATH = "/self-check"
_NO_ROLE = marked("Choose at least one role: requirements for other roles are not asked of you.")


@dataclass(frozen=True)
class FieldNames:
    """How the fields of the form are called; a question and a statement may have the same name in a scheme."""

    roles: str = "roles"
    gate: str = "gate-"
    question: str = "question-"
    statement: str = "statement-"


NAMES = FieldNames()


@router.api_route(PATH, methods=READ)
async def ask(request: Request, services: Serviced) -> Response:
    """Say what a certification costs, then ask what the risk tier and the requirements follow from."""
    return _form(request, await _in_force(services), Typed())


@router.post(PATH, dependencies=[public(counts="unsigned_act")])
async def answer(request: Request, services: Serviced) -> Response:
    """Answer with what the answers lead to, or with the form again to change them."""
    # No file is taken: one would be spooled to disk.
    form = await request.form(max_files=0)
    scheme, typed = await _in_force(services), typed_of(form.multi_items())
    if typed.one("step") == "change":
        return _form(request, scheme, typed)
    if not set(typed.all(NAMES.roles)) & set(scheme.rules.roles):
        why = sentence(language_of(request), _NO_ROLE)
        return _form(request, scheme, typed, ((NAMES.roles, why),), 422)
    return _unkept(
        render(
            request,
            "public/self_check_result.html",
            scheme=scheme,
            found=self_check(scheme, answers_in(scheme, typed)),
            typed=typed,
            words=words,
        )
    )


def answers_in(scheme: Scheme, typed: Typed) -> SelfCheckAnswers:
    """Return what was chosen; what was not, or is no choice of the form, counts as not answered."""
    rules = scheme.rules
    gates: dict[str, str] = {}
    for gate in rules.gates:
        said = typed.one(f"{NAMES.gate}{gate.id}")
        # At a gate that takes a sentence any sentence lets pass: whoever has none yet has not answered it.
        allowed = {"yes"} if gate.kind == "text" else {"yes", "no", UNKNOWN}
        if said in allowed:
            gates[gate.id] = said
    known = answers_to(scheme, typed, NAMES.question)
    stated = {name: typed.one(f"{NAMES.statement}{name}") for name in rules.statements}
    return SelfCheckAnswers(
        roles=tuple(role for role in rules.roles if role in typed.all(NAMES.roles)),
        gates=gates,
        answers={question: points for question, points in known.items() if points is not None},
        statements={name: said == "yes" for name, said in stated.items() if said in {"yes", "no"}},
    )


async def _in_force(services: Services) -> Scheme:
    async with services.database.reading() as session:
        return await schemes.in_force(session, SCHEME)


def _form(
    request: Request, scheme: Scheme, typed: Typed, errors: tuple[tuple[str, str], ...] = (), status: int = 200
) -> Response:
    return _unkept(
        render(
            request,
            "public/self_check.html",
            status,
            scheme=scheme,
            typed=typed,
            names=NAMES,
            unknown=UNKNOWN,
            errors=errors,
        )
    )


def _unkept(response: Response) -> Response:
    """Tell browser and proxies, too, to keep nothing (RFC 9111, 5.2.2.5)."""
    response.headers["Cache-Control"] = "no-store"
    return response
