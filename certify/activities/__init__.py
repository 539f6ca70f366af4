"""Carries out what the procedure asks: writes the record, makes labels."""
