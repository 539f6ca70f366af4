"""A hardware module in software: SoftHSM from Debian, with a token of its own in a folder of its own.

python-pkcs11 loads a module once a process, so there is one token for all tests of a process.
"""

import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import which
from typing import Any

PIN = "246810"
_EDWARDS25519 = b"\x13\x0cedwards25519"  # PKCS #11, 6.3.10: the curve's name as a PrintableString
_FOLDERS = ("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm")


def module() -> Path:
    """Where SoftHSM is; without it the tests fail, and are never skipped."""
    found = [path for folder in _FOLDERS if (path := Path(folder, "libsofthsm2.so")).exists()]
    assert found, "SoftHSM is missing: sh scripts/require_softhsm.sh"
    assert which("softhsm2-util"), "SoftHSM is missing: sh scripts/require_softhsm.sh"
    return found[0]


@dataclass(frozen=True)
class Token:
    """An initialised token; keys are made in it and never leave it."""

    label: str = "certify"

    @classmethod
    def made(cls, folder: Path) -> "Token":
        """Make a token; SOFTHSM2_CONF must name `configuration(folder)` by now."""
        command = ("softhsm2-util", "--init-token", "--free", "--label", cls.label, "--so-pin", "13579", "--pin", PIN)
        subprocess.run(command, check=True, capture_output=True)
        assert any(folder.joinpath("tokens").iterdir())
        return cls()

    @cached_property
    def _library(self) -> Any:
        import pkcs11  # noqa: PLC0415  # loaded after SOFTHSM2_CONF was set

        return pkcs11

    def generate(self, name: str, *, p256: bool = False) -> None:
        """Make a key pair called so."""
        library = self._library
        kind = library.KeyType.EC if p256 else library.KeyType.EC_EDWARDS
        mechanism = library.Mechanism.EC_KEY_PAIR_GEN if p256 else library.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        curve = library.util.ec.encode_named_curve_parameters("secp256r1") if p256 else _EDWARDS25519
        with library.lib(str(module())).get_token(token_label=self.label).open(rw=True, user_pin=PIN) as session:
            parameters = session.create_domain_parameters(kind, {library.Attribute.EC_PARAMS: curve}, local=True)
            parameters.generate_keypair(mechanism=mechanism, store=True, label=name)

    def uri(self, name: str, **query: str) -> str:
        """The URI of a key (RFC 7512)."""
        asked = "&".join(f"{key.replace('_', '-')}={value}" for key, value in query.items())
        return f"pkcs11:token={self.label};object={name}?module-path={module()}{'&' if asked else ''}{asked}"


def configuration(folder: Path) -> Path:
    """Write the configuration that keeps tokens in a folder."""
    folder.joinpath("tokens").mkdir()
    path = folder / "softhsm2.conf"
    path.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    return path
