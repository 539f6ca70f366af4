"""Writes a scheme as the YAML it can be read from again: what is on record is what anybody may take and check.

text = as_yaml(scheme)
assert load_scheme(folder_with(text)).digest == scheme.digest   # schemas.scheme_loading
"""

from typing import Any

import yaml

from schemas.scheme import Scheme
from schemas.scheme_document import SchemeDocument

_WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """YAML without aliases: a scheme's reader refuses them."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def as_yaml(scheme: Scheme) -> str:
    """Return a scheme as one YAML file, with its digest in the first lines."""
    written = document_of(scheme).model_dump(mode="json", exclude_none=True)
    head = f"# {scheme.rules.id} {scheme.rules.version}\n# SHA-256 of its canonical JSON: {scheme.digest}\n"
    return head + yaml.dump(written, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


def document_of(scheme: Scheme) -> SchemeDocument:
    """Return a scheme as people write it: each rule beside its texts. `SchemeDocument.scheme` undoes it."""
    rules, texts = scheme.rules.model_dump(), scheme.texts.model_dump()
    whys = texts.pop("whys")
    # Begun from both halves whole: a key that a later version of schemes adds is not lost on the way.
    return SchemeDocument.model_validate(
        {
            **texts,
            **rules,
            **{
                name: {word: texts[name][word] for word in rules[name]}
                for name in ("articles", "evidence_types", "roles", "factors", "statements")
            },
            "code": {**rules["code"], "title": texts["code"]},
            "areas": {
                area: {"name": texts["areas"][area], "judged_by": judge} for area, judge in rules["areas"].items()
            },
            "fees": {**rules["fees"], **texts["fees"]},
            "criteria": [{**rules["criteria"][key], **texts["criteria"][key]} for key in sorted(rules["criteria"])],
            "gates": [{**gate, "text": texts["gates"][gate["id"]]} for gate in rules["gates"]],
            "questions": [_question(question, texts["questions"][question]) for question in rules["questions"]],
            "scoring": _scoring(rules["scoring"], whys),
            "tiers": {tier: _tier(rules["tiers"][tier], texts["tiers"][tier]) for tier in sorted(rules["tiers"])},
            "neutral_third_party": {"rules": rules["neutral_third_party"], "texts": texts["neutral_third_party"]},
            "examples": [example.model_dump() for example in scheme.examples],
        }
    )


def _question(question: str, text: dict[str, Any]) -> dict[str, Any]:
    options = [{"score": points, **option} for points, option in enumerate(text["options"])]
    return {"id": question, "articles": text["articles"], "text": text["text"], "options": options}


def _scoring(scoring: dict[str, Any], whys: dict[str, Any]) -> dict[str, Any]:
    caps_and_floors = {
        name: [{**limit, "why": whys[limit["id"]]} for limit in scoring[name]] for name in ("caps", "floors")
    }
    return {**scoring, **caps_and_floors}


def _tier(rules: dict[str, Any], text: dict[str, Any]) -> dict[str, Any]:
    surveillance = {**rules["surveillance"], "form": text["surveillance_form"]}
    return {"name": text["name"], **rules, "surveillance": surveillance}
