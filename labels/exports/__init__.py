"""The label in the formats of others: each made once at issue from one attestation, signed, and only served after.

badge = vc_jwt(attestation, signer)                          # labels.exports.open_badge
assert open_badge_in(badge, keys)["issuer"]["id"] == attestation.register_url

An export says that a label was *issued*; whether it still stands is asked of the register or the status list.
"""
