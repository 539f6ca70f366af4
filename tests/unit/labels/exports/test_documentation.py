"""Whoever follows docs/label-exports.md with the libraries it names verifies an export."""

import json
import re
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import ECKey

from labels.exports.certificate import certificate_cose
from labels.exports.conformity import conformity_credential
from labels.exports.open_badge import vc_jwt
from labels.exports.trust import ExportSigner
from labels.key_set import KeySet, LabelKey
from tests.exports import KEYS, LABEL_KEY, WALLET_KEY, attestation

GUIDE = Path(__file__).parents[4] / "docs" / "label-exports.md"
JOSE, COSE = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def key_set() -> str:
    """Our key set as it is published, with the wallet key beside the label's."""
    label_key = LabelKey(LABEL_KEY.public_key, KEYS[0].valid_to.replace(month=1), KEYS[0].valid_to)
    document = json.loads(KeySet((label_key,)).as_json())
    wallet = ECKey.import_key(WALLET_KEY.public_key).as_dict()
    document["keys"].append({**wallet, "kid": WALLET_KEY.kid, "use": "sig", "alg": "ES256"})
    return json.dumps(document)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jwks.json").write_text(key_set())


@pytest.mark.parametrize("signer", [LABEL_KEY, WALLET_KEY])
def test_the_snippet_for_credentials_verifies_both(signer: ExportSigner, capsys: pytest.CaptureFixture[str]) -> None:
    Path("label.vc.jwt").write_text(vc_jwt(attestation(), signer))
    Path("label.dcc.jwt").write_text(conformity_credential(attestation(), signer))

    exec(JOSE, {})  # noqa: S102  # our own guide

    assert capsys.readouterr().out.count("{'idx': 70123, 'uri': 'https://v.example.eu/s/3'}") == 2


def test_the_snippet_for_the_certificate_verifies_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("label.cose").write_bytes(certificate_cose(attestation(), LABEL_KEY))

    exec(COSE, {})  # noqa: S102  # our own guide

    assert capsys.readouterr().out == "Lighthouse Reader for iOS\n"


def test_the_snippets_refuse_what_a_stolen_key_signed() -> None:
    Path("label.vc.jwt").write_text(vc_jwt(attestation(), WALLET_KEY))
    Path("label.cose").write_bytes(certificate_cose(attestation(), LABEL_KEY))
    document = json.loads(key_set())
    for key in document["keys"]:
        key["compromised_at"] = "2027-01-01T00:00:00Z"
    Path("jwks.json").write_text(json.dumps(document))

    for snippet in (JOSE, COSE):
        with pytest.raises((JoseError, ValueError)):  # whatever is said where there is no such key
            exec(snippet, {})  # noqa: S102  # our own guide


def test_the_snippets_refuse_what_was_altered() -> None:
    badge, certificate = vc_jwt(attestation(), WALLET_KEY), certificate_cose(attestation(), LABEL_KEY)
    Path("label.vc.jwt").write_text(badge[:-2] + ("AA" if badge[-2:] != "AA" else "BA"))
    Path("label.cose").write_bytes(certificate.replace(b"Lighthouse Reader for iOS", b"Lighthouse Reader for ios"))

    for snippet, refusal in ((JOSE, BadSignatureError), (COSE, InvalidSignature)):
        with pytest.raises(refusal):
            exec(snippet, {})  # noqa: S102  # our own guide
