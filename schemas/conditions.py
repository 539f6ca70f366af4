"""The small grammar in which a scheme states when a rule applies: `Q1 == 3 and (Q2 >= 2 or Q3 >= 2)`.

    condition = parse("Q9 == 0 or groups_people == 0")
    assert condition.names() == {"Q9", "groups_people"}
    assert condition.holds({"Q9": 2, "groups_people": 0})

Why no library: the grammar is the five lines below; it decides risk tiers inside workflows, so it must give
the same answer for years, and must be unable to do anything but compare integers. `eval` can do more.

    either     = both ("or" both)*
    both       = term ("and" term)*
    term       = "not" term | "(" either ")" | comparison
    comparison = operand ("==" | "!=" | "<" | "<=" | ">" | ">=") operand
    operand    = name | integer
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import GetCoreSchemaHandler, PlainSerializer, PlainValidator

MAX_LENGTH: Final = 400
MAX_DEPTH: Final = 16

_COMPARE: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# No sign and no leading zero: a scale has neither, and Python reads neither the way people do.
_TOKEN: Final = re.compile(r"==|!=|<=|>=|<|>|\(|\)|(?:0|[1-9][0-9]{0,8})(?!\w)|[A-Za-z_]\w*", re.ASCII)
_SPACE: Final = re.compile(r"[ \t\n]*")
_WORDS: Final = frozenset({"and", "or", "not"})


class ConditionError(ValueError):
    """A condition that the grammar refuses.

    Attributes:
        position: offset in the text, from 0, of the first character that does not fit.
    """

    def __init__(self, text: str, position: int, problem: str) -> None:
        super().__init__(f"cannot parse the condition {text[:80]!r} at character {position + 1}: {problem}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands, each a name or an integer, and the operator between them."""

    left: str | int
    operator: str
    right: str | int

    def holds(self, values: Mapping[str, int]) -> bool:
        """Compare; names are looked up in `values`."""
        left = values[self.left] if isinstance(self.left, str) else self.left
        right = values[self.right] if isinstance(self.right, str) else self.right
        return _COMPARE[self.operator](left, right)

    def names(self) -> frozenset[str]:
        """Return the operands that are names."""
        return frozenset(side for side in (self.left, self.right) if isinstance(side, str))


@dataclass(frozen=True, slots=True)
class Negation:
    """The opposite of a term."""

    term: "Term"

    def holds(self, values: Mapping[str, int]) -> bool:
        """Tell whether the term does not hold."""
        return not self.term.holds(values)

    def names(self) -> frozenset[str]:
        """Return the names of the term."""
        return self.term.names()


@dataclass(frozen=True, slots=True)
class Joined:
    """Two or more terms with the same word between them."""

    word: Literal["and", "or"]
    terms: tuple["Term", ...]

    def holds(self, values: Mapping[str, int]) -> bool:
        """Tell whether all terms hold (and), or at least one of them (or)."""
        found = (term.holds(values) for term in self.terms)
        return all(found) if self.word == "and" else any(found)

    def names(self) -> frozenset[str]:
        """Return the names of all terms."""
        return frozenset(name for term in self.terms for name in term.names())


Term: TypeAlias = Comparison | Negation | Joined


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition; equal to another of the same text, and written as its text in JSON."""

    text: str
    tree: Term = field(compare=False, repr=False)

    def names(self) -> frozenset[str]:
        """Return every name the condition asks for."""
        return self.tree.names()

    def holds(self, values: Mapping[str, int]) -> bool:
        """Tell whether the condition holds.

        Raises:
            KeyError: `values` lacks one of `names()`.
        """
        return self.tree.holds(values)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Self], handler: GetCoreSchemaHandler) -> Any:
        """Read a text (or a condition already parsed), write a text."""
        spelled = Annotated[
            Any, PlainValidator(_read, json_schema_input_type=str), PlainSerializer(str, return_type=str)
        ]
        return handler.generate_schema(spelled)


def parse(text: str) -> Condition:
    """Parse a condition.

    Raises:
        ConditionError: the text is too long, too deep, or not in the grammar; it names the position.
    """
    if len(text) > MAX_LENGTH:
        raise ConditionError(text, MAX_LENGTH, f"longer than {MAX_LENGTH} characters")
    return Condition(text, _Parser(text).whole())


def _read(value: object) -> Condition:
    if isinstance(value, Condition):
        return value
    if not isinstance(value, str):
        raise ValueError("a condition is written as a text")  # noqa: TRY004  # pydantic collects ValueErrors only
    return parse(value)


class _Parser:
    """Recursive descent, one method for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.token = ""
        self._advance()

    def whole(self) -> Term:
        tree = self._either(depth=0)
        if self.token:
            raise self._refusal("'and', 'or' or the end")
        return tree

    def _either(self, depth: int) -> Term:
        terms = [self._both(depth)]
        while self._took("or"):
            terms.append(self._both(depth))
        return terms[0] if len(terms) == 1 else Joined("or", tuple(terms))

    def _both(self, depth: int) -> Term:
        terms = [self._term(depth)]
        while self._took("and"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else Joined("and", tuple(terms))

    def _term(self, depth: int) -> Term:
        if depth > MAX_DEPTH:
            raise ConditionError(self.text, self.position, f"deeper than {MAX_DEPTH} levels")
        if self._took("not"):
            return Negation(self._term(depth + 1))
        if self._took("("):
            inner = self._either(depth + 1)
            if not self._took(")"):
                raise self._refusal("')'")
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        left = self._operand()
        sign = self.token
        if sign not in _COMPARE:
            raise self._refusal("a comparison such as '=='")
        self._advance()
        return Comparison(left, sign, self._operand())

    def _operand(self) -> str | int:
        token = self.token
        if not (token[:1].isalnum() or token[:1] == "_") or token in _WORDS:
            raise self._refusal("a name or a whole number")
        self._advance()
        return int(token) if token.isdigit() else token

    def _took(self, word: str) -> bool:
        taken = self.token == word
        if taken:
            self._advance()
        return taken

    def _advance(self) -> None:
        """Move to the next token; the empty token is the end of the text."""
        space = _SPACE.match(self.text, self.position + len(self.token))
        self.position = space.end() if space else 0
        found = _TOKEN.match(self.text, self.position)
        if found is None and self.position < len(self.text):
            raise ConditionError(self.text, self.position, f"unexpected {self.text[self.position]!r}")
        self.token = found.group() if found else ""

    def _refusal(self, expected: str) -> ConditionError:
        return ConditionError(self.text, self.position, f"expected {expected}, found {self.token or 'the end'!r}")
