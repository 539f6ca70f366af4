"""The application as a form: its sections and fields, in the reader's words, from the scheme it is made under."""

from dataclasses import dataclass
from typing import Literal

from certify.register.participants import ParticipantRecord
from certify.web.language import Language, marked, sentence
from schemas.application import MAX_LABEL_NAME_BYTES, Statements
from schemas.scheme import GateOutcome, GateRule, Scheme
from workflows.rules.requirements import Requirement

Kind = Literal["line", "text", "codes", "one", "points", "several", "accepted", "day"]
_OPTIONAL = marked("May be left empty")


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One question of the form.

    Attributes:
        where: the key path in the application, `("system", "version")`.
        kind: how it is asked and read: a line, a text, codes between commas, one option, one option that is
            points, several options, an acceptance, a day.
        asked: what is said when it is empty; None where it may be.
        wrong: what is said when what was typed cannot be used.
        options: value and text, in order.
    """

    where: tuple[str, ...]
    kind: Kind
    label: str
    hint: str = ""
    asked: str | None = None
    wrong: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Name of the field in the form and in the draft."""
        return ".".join(self.where)


@dataclass(frozen=True, kw_only=True)
class FormSection:
    """A page of the form; `key` is the last part of its address."""

    key: str
    title: str
    intro: str
    fields: tuple[FormField, ...]


def sections_of(
    language: Language, scheme: Scheme, entry: ParticipantRecord | None, open_to_reasons: tuple[Requirement, ...]
) -> tuple[FormSection, ...]:
    """Return the pages of the form.

    Args:
        language: the reader's.
        scheme: the version the application will be pinned to.
        entry: the organisation's place in the Register, which answers for name and country.
        open_to_reasons: requirements for which a reason may be given why they do not apply.
    """
    return (
        _system(language),
        _organisation(language, scheme, entry),
        _gates(language, scheme),
        _questions(language, scheme),
        _statements(language, scheme),
        _not_applicable(language, scheme, open_to_reasons),
        _agreement(language),
    )


def _system(language: Language) -> FormSection:
    def say(text: str) -> str:
        return sentence(language, text)

    return FormSection(
        key="system",
        title=say(marked("About the system")),
        intro=say(marked("A label is for one AI system in one version, used for one purpose.")),
        fields=(
            FormField(
                where=("system", "name"),
                kind="line",
                label=say(marked("Name of the system")),
                asked=say(marked("Enter the name of the system.")),
            ),
            FormField(
                where=("system", "label_name"),
                kind="line",
                label=say(marked("Name on the label")),
                hint=sentence(
                    language,
                    marked("Short: with the version at most %(most)s bytes, a Cyrillic letter takes two"),
                    most=MAX_LABEL_NAME_BYTES,
                ),
                asked=say(marked("Enter the name to print on the label.")),
                wrong=sentence(
                    language,
                    marked("Name on the label and version together may take at most %(most)s bytes; shorten the name."),
                    most=MAX_LABEL_NAME_BYTES,
                ),
            ),
            FormField(
                where=("system", "version"),
                kind="line",
                label=say(marked("Version")),
                hint=say(marked("The label names this version and says nothing of another")),
                asked=say(marked("Enter the version.")),
            ),
            FormField(
                where=("system", "build_digest"),
                kind="line",
                label=say(marked("Digest of the build")),
                hint=say(marked("SHA-256 of what is delivered, where there is one; may be left empty")),
                wrong=say(marked("A digest is 64 digits 0 to 9 and letters a to f, with or without sha256: before.")),
            ),
            FormField(
                where=("system", "purpose"),
                kind="text",
                label=say(marked("Purpose")),
                hint=say(marked("What it is for and for whom, and which uses are excluded")),
                asked=say(marked("Say what the system is for.")),
            ),
            FormField(
                where=("system", "deployment"),
                kind="text",
                label=say(marked("Deployment")),
                hint=say(marked("Where it runs, who operates it, how many people it reaches")),
                asked=say(marked("Say where and by whom the system is used.")),
            ),
            FormField(
                where=("system", "languages"),
                kind="codes",
                label=say(marked("Languages")),
                hint=say(marked("Language codes with commas between them, for example en, ru")),
                asked=say(marked("Enter at least one language.")),
                wrong=say(marked("Write each language as a code such as en, ru or pt-BR, and only once.")),
            ),
        ),
    )


def _organisation(language: Language, scheme: Scheme, entry: ParticipantRecord | None) -> FormSection:
    def say(text: str) -> str:
        return sentence(language, text)

    roles = tuple((role, scheme.texts.roles[role].in_language(language)) for role in scheme.rules.roles)
    asked = (
        FormField(
            where=("organisation", "name"),
            kind="line",
            label=say(marked("Name of the organisation")),
            hint=say(marked("As it stands, or will stand, in the Register")),
            asked=say(marked("Enter the name of your organisation.")),
        ),
        FormField(
            where=("organisation", "country"),
            kind="line",
            label=say(marked("Country")),
            hint=say(marked("Two capital letters, for example EE")),
            asked=say(marked("Enter the country.")),
            wrong=say(marked("A country is two capital letters, for example EE.")),
        ),
    )
    return FormSection(
        key="organisation",
        title=say(marked("Your organisation and its ethics officer")),
        intro=say(marked("Requirements for a role you do not have do not apply to you.")),
        fields=(
            *(() if entry else asked),
            FormField(
                where=("organisation", "roles"),
                kind="several",
                label=say(marked("What is your organisation to this system?")),
                options=roles,
                asked=say(marked("Choose at least one role.")),
            ),
            FormField(
                where=("ethics_officer", "name"),
                kind="line",
                label=say(marked("Name of the ethics officer")),
                asked=say(marked("Enter the name of the ethics officer.")),
            ),
            FormField(
                where=("ethics_officer", "email"),
                kind="line",
                label=say(marked("E-mail of the ethics officer")),
                hint=say(_OPTIONAL),
                wrong=say(marked("An address looks like name@example.org.")),
            ),
            FormField(
                where=("ethics_officer", "phone"),
                kind="line",
                label=say(marked("Telephone of the ethics officer")),
                hint=say(_OPTIONAL),
            ),
        ),
    )


def _gates(language: Language, scheme: Scheme) -> FormSection:
    return FormSection(
        key="gates",
        title=sentence(language, marked("Questions before the questionnaire")),
        intro=sentence(language, marked("They decide whether the scheme covers the system at all.")),
        fields=tuple(_gate(language, scheme, gate) for gate in scheme.rules.gates),
    )


def _gate(language: Language, scheme: Scheme, gate: GateRule) -> FormField:
    text = scheme.texts.gates[gate.id].in_language(language)
    where = ("gates", gate.id)
    if gate.kind == "text":
        asked = sentence(language, marked("Answer in a sentence; where nothing applies, say so."))
        return FormField(where=where, kind="text", label=text, asked=asked)
    words = {
        "yes": sentence(language, marked("Yes")),
        "no": sentence(language, marked("No")),
        "unknown": sentence(language, marked("Unknown")),
    }
    # An answer that is only asked again leads nowhere, so it is not offered.
    options = tuple((answer, word) for answer, word in words.items() if gate.outcome(answer) != GateOutcome.ASK)
    return FormField(
        where=where, kind="one", label=text, options=options, asked=sentence(language, marked("Choose an answer."))
    )


def _questions(language: Language, scheme: Scheme) -> FormSection:
    unknown = sentence(
        language, marked("Unknown: counts as %(points)s points, the most"), points=scheme.rules.scoring.scale.max
    )
    asked = sentence(language, marked("Choose an answer; if you do not know, choose unknown."))
    return FormSection(
        key="questions",
        title=sentence(language, marked("Risk questionnaire")),
        intro=sentence(
            language, marked("Answer for the purpose and the conditions you described. The answers give the risk tier.")
        ),
        fields=tuple(
            FormField(
                where=("answers", question, "score"),
                kind="points",
                label=f"{number}. {scheme.texts.questions[question].text.in_language(language)}",
                options=(
                    *(
                        (str(points), option.in_language(language))
                        for points, option in enumerate(scheme.texts.questions[question].options)
                    ),
                    ("unknown", unknown),
                ),
                asked=asked,
            )
            for number, question in enumerate(scheme.rules.questions, start=1)
        ),
    )


def _statements(language: Language, scheme: Scheme) -> FormSection:
    known = [name for name in scheme.rules.statements if name in Statements.model_fields]
    return FormSection(
        key="statements",
        title=sentence(language, marked("Statements")),
        intro=sentence(language, marked("What the form asks besides the questionnaire.")),
        fields=tuple(
            FormField(
                where=("statements", name),
                kind="one",
                label=scheme.texts.statements[name].text.in_language(language),
                options=tuple(
                    (word, scheme.texts.statements[name].values[value].in_language(language))
                    for word, value in (("yes", "1"), ("no", "0"))
                ),
                asked=sentence(language, marked("Choose an answer.")),
            )
            for name in known
        ),
    )


def _not_applicable(language: Language, scheme: Scheme, asked: tuple[Requirement, ...]) -> FormSection:
    texts = scheme.texts.criteria
    return FormSection(
        key="not-applicable",
        title=sentence(language, marked("Requirements that do not apply")),
        intro=sentence(
            language,
            marked("Give a reason where a requirement does not apply to your system; a reviewer judges the reason."),
        ),
        fields=tuple(
            FormField(
                where=("not_applicable", one.criterion),
                kind="text",
                label=f"{texts[one.criterion].title.in_language(language)} ({one.criterion})",
                hint=texts[one.criterion].requirement.in_language(language),
            )
            for one in asked
        ),
    )


def _agreement(language: Language) -> FormSection:
    return FormSection(
        key="agreement",
        title=sentence(language, marked("Certification agreement")),
        intro=sentence(
            language,
            marked(
                "You give the Commission what it needs for the evaluation, use the label only for the certified "
                "version and purpose, and stop using it when it is suspended, withdrawn or at its end."
            ),
        ),
        fields=(
            FormField(
                where=("agreement", "accepted"),
                kind="accepted",
                label=sentence(language, marked("Do you accept the certification agreement?")),
                options=(("yes", sentence(language, marked("We accept the certification agreement"))),),
                asked=sentence(language, marked("The agreement must be accepted before you can lodge.")),
            ),
            FormField(
                where=("agreement", "signed_by"),
                kind="line",
                label=sentence(language, marked("Accepted by")),
                hint=sentence(language, marked("Name and office; may be left empty")),
            ),
            FormField(
                where=("agreement", "signed_on"),
                kind="day",
                label=sentence(language, marked("Accepted on")),
                hint=sentence(language, _OPTIONAL),
                wrong=sentence(language, marked("Write the day as year, month and day: 2026-11-22.")),
            ),
        ),
    )
