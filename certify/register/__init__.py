"""The record, by noun: the journal with its one door, and the views folded from it."""
