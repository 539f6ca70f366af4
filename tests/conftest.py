"""What holds for all tests."""

from hypothesis import settings

# A slow machine is no wrong rule: figures of time live in `make bench`.
settings.register_profile("certify", deadline=None)
settings.load_profile("certify")
