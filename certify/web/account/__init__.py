"""What people see and do of their own account: second factors, password, sessions, tokens, recovery."""
