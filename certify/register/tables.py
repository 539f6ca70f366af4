"""Every table by what it is: the record, a view folded from it, or a working table of the engine.

Nothing the public sees of a case, a label or a participant is read from a working table; only the statistics say how
often labels were looked at. A table in neither list fails a test.
"""

RECORD = frozenset({"journal_entry", "journal_body", "journal_place", "holder_image"})
"""The journal, and the images that it names by their digests."""

VIEWS = frozenset(
    {
        *("appeal", "case", "complaint", "label", "label_life", "matter", "participant", "person"),
        *("access_end", "invitation", "passkey", "recovery", "relation", "scheme", "tie_declaration"),
    }
)
WORKING = frozenset(
    {
        "accepted_signature",  # which signature of a person was good for which act, while that may be sent again
        "account",  # names, addresses and password hashes, outside the record
        "api_token",  # digests of tokens
        "attempt_count",  # refusals a minute
        "complainant_contact",  # how to reach whoever complained, outside the record
        "authentication_challenge",  # what a passkey is asked to sign, for some minutes
        "draft",  # what people have begun and not yet handed in
        "passkey_use",  # how people call their passkeys, and how often each was used
        "file_inspection",  # what a look at a stored file found, and what a virus scanner said
        "file_link",  # one-time links to files on another host
        "invited_person",  # names and addresses of whom officers are to agree on, outside the record
        "image_handed_in",  # when images of holders were handed in, until they are cleared
        "opening_count",  # openings of evidence a minute, for the brake
        "report_count",  # complaints a minute, for the throttle
        "scan_count",  # how often a label was looked at on a day
        "sign_in_link",  # one-time links
        "sign_in_failure",  # attempts at an address, for the throttle
        "signed_in",  # sessions
        "stored_file",  # files taken into the store and not yet, or already, named by an act
        "totp_secret",  # secrets of code generators, encrypted
    }
)
