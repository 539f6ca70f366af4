"""The only client of the workflows: sends acts, waits for the record, and keeps refused attempts."""
