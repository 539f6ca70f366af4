"""The pages of commissioners."""
