"""People, how they come in, and what each may do and see: accounts, sessions, tokens, policy and readings."""
