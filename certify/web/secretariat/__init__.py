"""The pages of the secretariat, of auditors and of the impartiality committee."""
