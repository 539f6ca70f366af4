"""Alembic migrations of the record, its views and the working tables."""
