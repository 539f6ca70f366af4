"""What an installation holds: each table and each place beside the tables, of whom, why, how long, and who sees it.

The inventory of ASVS 5.0, 14.1.1, and the record of processing of GDPR, article 30. docs/privacy.md shows it, and a
test fails for a table that is not here.
"""

from typing import Final, NamedTuple

from certify.procedure.retention_classes import CLASSES

FOR_GOOD: Final = "for good: names nobody but by opaque id"
NO_PERSON: Final = "nobody"


class Kept(NamedTuple):
    """One table or place.

    Attributes:
        kept: a class of the retention table, or how long in words.
    """

    name: str
    what: str
    whose: str
    why: str
    kept: str
    who_sees: str


TABLES: Final = (
    Kept("journal_entry", "the chain: stream, number, kind, time, opaque id of who acted, digests",
         "whoever acts", "anybody can recompute a decision", FOR_GOOD, "auditors, the secretariat; digests: everybody"),
    Kept("journal_body", "what each entry says: figures, outcomes, forms of applications, names of files",
         "applicants, reviewers, members", "the decision and its grounds", "record",
         "by the part in the case; refused attempts (class attempts): auditors"),
    Kept("journal_place", "seals over the order of entries", NO_PERSON, "tampering shows", FOR_GOOD, "auditors"),
    Kept("holder_image", "images of holders on certificates", "organisations", "certificates are made again",
         "while a certificate needs it", "everybody"),
    Kept("image_handed_in", "when an image was handed in", NO_PERSON, "unused images are cleared", "a day", "nobody"),
    Kept("case", "a case as it stands", "applicants, reviewers, members", "pages and rules read it", "record",
         "by the part in the case"),
    Kept("label", "a label: product, holder, decision", "organisations", "the directory", "record", "everybody"),
    Kept("label_life", "how a label stands, and its steps", "organisations", "scans and the directory", "record",
         "everybody"),
    Kept("matter", "a complaint, appeal, erasure, hold … as it stands", "whoever has a part", "pages and rules read it",
         "record", "by the part in the matter"),
    Kept("appeal", "appeals as they are counted", "organisations", "clocks and statistics", "record",
         "the secretariat, auditors"),
    Kept("complaint", "complaints as they are counted: label, dates, outcome", NO_PERSON, "clocks and statistics",
         "record", "the secretariat, auditors; figures: everybody"),
    Kept("participant", "the Register: organisation, country, ethics officer and the contact they publish",
         "organisations, ethics officers", "Code, II-2.4", "for good, as published", "everybody"),
    Kept("relation", "which organisation belongs to which", "organisations", "interests are found", "record",
         "the secretariat, auditors"),
    Kept("scheme", "schemes as adopted", NO_PERSON, "the rules of each case", "for good", "everybody"),
    Kept("person", "roles, organisation and areas of an opaque id", "people with an account", "who may do what",
         FOR_GOOD, "the secretariat, auditors"),
    Kept("tie_declaration", "employers, clients, holdings, family ties to organisations", "people of the body",
         "conflicts of interest (ISO/IEC 17065, 4.2)", "record", "the person, the secretariat, auditors"),
    Kept("passkey", "public keys of passkeys", "people with an account", "signatures are verified", "record",
         "the person; verifiers of decisions"),
    Kept("recovery", "requests to recover an account; an open one lapses (class recoveries)",
         "people with an account", "two officers agree", FOR_GOOD,
         "officers, the person"),
    Kept("access_end", "whose access ended, and when", "people with an account", "nobody comes in who left", FOR_GOOD,
         "officers"),
    Kept("invitation", "roles that somebody was asked for, without a name", "people of the body", "two officers agree",
         FOR_GOOD, "officers"),
    Kept("invited_person", "name and address of who is to be invited", "people to be invited", "two officers agree",
         "invitations", "officers"),
    Kept("account", "name, mail address, password hash", "people with an account", "signing in; names on pages",
         "accounts", "the person; names: whoever works on the same case; addresses: officers, and who acts for the "
         "same organisation"),
    Kept("signed_in", "sessions: start, last use, what the browser says of itself", "people with an account",
         "signing in", "sign_in", "the person"),
    Kept("sign_in_link", "digests of one-time links", "people with an account", "invitation and recovery", "sign_in",
         "nobody"),
    Kept("authentication_challenge", "what a passkey is asked to sign", "people with an account", "signing in",
         "sign_in", "nobody"),
    Kept("accepted_signature", "which signature counted for which act", "people with an account",
         "a signature counts once", "sign_in", "nobody"),
    Kept("file_link", "digests of one-time links to files", "people with an account", "files come from another host",
         "sign_in", "nobody"),
    Kept("sign_in_failure", "failures at a digest of an address", "people with an account", "guessing is slowed",
         "counters", "nobody"),
    Kept("attempt_count", "refusals of a person in a minute; of a kind on a day, by a digest", "people with an account",
         "floods are counted", "counters", "the person; the operator"),
    Kept("opening_count", "openings of evidence by a person in a minute", "people with an account", "a brake",
         "counters", "the person; the operator"),
    Kept("report_count", "complaints about a label in a minute", NO_PERSON, "floods are slowed", "counters", "nobody"),
    Kept("scan_count", "answers about a label on a day", NO_PERSON, "holders are told how often it was looked at",
         "for good: no person and no address", "the holder, rounded"),
    Kept("passkey_use", "how a person calls a passkey, whose it is, and its last use", "people with an account",
         "the person tells them apart", "credentials", "the person"),
    Kept("totp_secret", "sealed secrets of code generators", "people with an account", "second factor", "credentials",
         "nobody"),
    Kept("api_token", "name, digest and scopes of tokens", "people with an account", "programs act for them", "tokens",
         "the person"),
    Kept("draft", "what somebody has begun", "applicants, reviewers", "they go on later", "drafts", "the person"),
    Kept("complainant_contact", "how a complainant can be reached", "complainants", "questions, and the outcome",
         "contacts", "the secretariat; each look is on record"),
    Kept("stored_file", "digest and size of files, by case", "applicants", "files are found", "record",
         "by the part in the case"),
    Kept("file_inspection", "what a look at a file found", "applicants", "damaged and infected files show", "record",
         "by the part in the case"),
    Kept("subject_key", "keys of cases and matters, wrapped (the vault's database)", NO_PERSON, "evidence is sealed",
         "until two people erase it", "nobody"),
    Kept("sealed_object", "keys of files and texts, wrapped (the vault's database)", NO_PERSON, "evidence is sealed",
         "until two people erase it", "nobody"),
)  # fmt: skip
"""Every table of the record's database and of the vault's."""

PLACES: Final = (
    Kept("object store", "files and texts, sealed", "applicants, reviewers, complainants", "evidence and its judgement",
         "evidence", "by the part in the case; each opening is on record"),
    Kept("security events file", "sign-ins, factors, tokens, refused acts, by opaque id", "people with an account",
         "attacks are found", "security_log", "the operator; the person their own"),
    Kept("Temporal", "what drives open cases, sealed", "whoever has a part in a case", "clocks and order",
         "30 days after the end (one day with `certify up`)", "nobody: it is sealed"),
    Kept("sign log, signatures", "what the keys signed: numbers, digests", NO_PERSON, "no signature goes unseen",
         "for good", "the operator"),
    Kept("published files", "log of digests, status lists, papers of labels", "organisations", "anybody verifies",
         "for good", "everybody"),
    Kept("messages of the programs", "what went wrong, by reference; no content and no address", NO_PERSON,
         "faults are mended", "as the operator's system keeps them", "the operator"),
    Kept("backups", "copies of the record and the store, without the vault's keys", "as the originals",
         "a loss is made good", "as the operator rotates them: 30 days advised", "the operator"),
)  # fmt: skip
"""What lies beside the tables."""


def inventory_in_markdown() -> str:
    """Return the inventory as the tables of docs/privacy.md."""
    head = ("| where | what | of whom | why | kept | who sees it |", "|---|---|---|---|---|---|")
    rows = (f"| {_code(one.name)} | " + " | ".join((*one[1:4], _kept(one), one.who_sees)) + " |" for one in _EVERY)
    return "\n".join((*head, *rows)) + "\n"


def classes_in_markdown() -> str:
    """Return the retention table as docs/privacy.md shows it."""
    head = ("| class | what | kept | since | then | because |", "|---|---|---|---|---|---|")
    rows = (
        f"| `{one.name}` | {one.what} | {one.kept_for.days} days | {one.since} | {one.then.value}: {one.how} | "
        f"{one.because} |"
        for one in CLASSES.values()
    )
    return "\n".join((*head, *rows)) + "\n"


_EVERY: Final = (*TABLES, *PLACES)


def _code(name: str) -> str:
    return f"`{name}`" if name in {one.name for one in TABLES} else name


def _kept(one: Kept) -> str:
    return f"`{one.kept}`" if one.kept in CLASSES else one.kept
