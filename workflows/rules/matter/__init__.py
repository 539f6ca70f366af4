"""The rules of what goes on beside certification: Register, appeals, complaints, institutions. They know of no case."""
