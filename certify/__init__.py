"""The body: keeps the record, knows the people, guards the evidence, serves pages and API, runs the programs."""

__version__ = "0.1.0"
