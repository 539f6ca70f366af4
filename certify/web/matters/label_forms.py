"""Forms of the acts in a label, described as data: one template shows them all, and one checks what cannot be undone.

page("end_label", marked("End the label"), text("reasons", …), button=…, warning=marked("There is no way back."))
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from certify.web.acting import Before, Typed
from certify.web.language import Language, language_of, marked, sentence
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter

Options = Callable[[Before[OpenMatter], Language], Awaitable[list[tuple[str, str]]]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question of a form; words are marked for the catalogue.

    Attributes:
        needed: sentence that asks for it where it was left empty; None where it may be.
        options: what there is to choose from.
    """

    name: str
    label: str
    kind: Literal["text", "line", "number", "one", "several"]
    hint: str = ""
    needed: str | None = None
    options: Options | None = None

    def value(self, typed: Typed) -> object:
        """Return what was typed, as the body of the act has it."""
        if self.kind == "several":
            return typed.all(self.name)
        return typed.one(self.name) or None


def text(name: str, label: str, needed: str | None = None, hint: str = "") -> Asked:
    """Ask for a text of several lines."""
    return Asked(name=name, label=label, kind="text", needed=needed, hint=hint)


def line(name: str, label: str, needed: str | None = None, hint: str = "") -> Asked:
    """Ask for one line."""
    return Asked(name=name, label=label, kind="line", needed=needed, hint=hint)


def number(name: str, label: str, needed: str, hint: str = "") -> Asked:
    """Ask for a number."""
    return Asked(name=name, label=label, kind="number", needed=needed, hint=hint)


def one(name: str, label: str, options: Options, needed: str | None, hint: str = "") -> Asked:
    """Ask for one of several; where there is only one it is chosen."""
    return Asked(name=name, label=label, kind="one", options=options, needed=needed, hint=hint)


def several(name: str, label: str, options: Options, needed: str | None = None, hint: str = "") -> Asked:
    """Ask for any of several."""
    return Asked(name=name, label=label, kind="several", options=options, needed=needed, hint=hint)


def worded(words: Mapping[str, str]) -> Options:
    """Return the options that a table of words gives."""

    async def options(_: Before[OpenMatter], language: Language) -> list[tuple[str, str]]:
        return [(value, sentence(language, said)) for value, said in words.items()]

    return options


@dataclass(frozen=True, kw_only=True)
class _Form:
    kind: str
    title: str
    asked: tuple[Asked, ...]
    button: str
    intro: str
    warning: str
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def fields(self, typed: Typed) -> dict[str, Any]:
        given = {asked.name: asked.value(typed) for asked in self.asked}
        return {**self.fixed, **{name: value for name, value in given.items() if value is not None}}

    async def more(self, before: Before[OpenMatter]) -> dict[str, object]:
        language = language_of(before.request, remembered=True)
        return {
            "title": sentence(language, self.title),
            "intro": sentence(language, self.intro) if self.intro else "",
            "warning_text": sentence(language, self.warning) if self.warning else "",
            "button": sentence(language, marked("Check it") if self.warning else self.button),
            "last_button": sentence(language, self.button),
            "questions": [await _question(asked, before, language) for asked in self.asked],
        }


async def _question(asked: Asked, before: Before[OpenMatter], language: Language) -> dict[str, object]:
    options = await asked.options(before, language) if asked.options is not None else []
    only = options[0][0] if len(options) == 1 and asked.kind == "one" else ""
    return {
        "name": asked.name,
        "label": sentence(language, asked.label),
        "hint": sentence(language, asked.hint) if asked.hint else "",
        "kind": asked.kind,
        "options": options,
        "value": (before.typed.one(asked.name) if asked.kind != "several" else "") or only,
        "chosen": before.typed.all(asked.name),
    }


def page(
    kind: str,
    title: str,
    *asked: Asked,
    button: str,
    intro: str = "",
    warning: str = "",
    waits: bool = False,
    fixed: Mapping[str, Any] | None = None,
    unlisted: Iterable[str] = (),
) -> MatterPage:
    """Return the page of an act.

    Args:
        kind: of the act.
        title: what is done; also its name among the tasks.
        asked: the questions of its form.
        button: what the last button says.
        intro: a sentence above the form.
        warning: said on a page on which a person checks what they are about to do; without one there is none.
        waits: whether somebody waits for the reader to do it.
        fixed: fields of the act that nobody types.
        unlisted: reasons for which it does not stand among the tasks.
    """
    form = _Form(kind=kind, title=title, asked=asked, button=button, intro=intro, warning=warning, fixed=fixed or {})
    return MatterPage(
        kind=kind,
        name=title,
        template="matters/label_act.html",
        check="matters/label_act_check.html" if warning else None,
        fields=form.fields,
        anchor=asked[0].name if asked else "send",
        required={one.name: one.needed for one in asked if one.needed is not None and one.kind != "one"},
        more=form.more,
        is_optional=not waits,
        unlisted=frozenset({*unlisted, *_QUIET}),
    )


_QUIET = frozenset(
    {
        "engine_only", "not_the_holder", "not_assigned", "no_surveillance", "not_suspended", "not_in_force",
        "no_notice", "notice_given", "already_heard", "confirmed_already", "not_judged", "nothing_to_judge",
        "renewal_not_asked", "already_prolonged", "already_asked", "is_prolongation", "no_build_certified",
        "nothing_proposed", "second_member_needed", "reviewed_and_decides", "interest_reported", "nothing_reported",
        "another_settles", "no_live_check_owed", "nothing_to_answer",
    }
)  # fmt: skip
"""Nobody is told of what is not to be done now: a label has thirty acts, and few of them at a time."""
