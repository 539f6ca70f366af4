"""The programs: each a process of its own, all of them in one tree under `certify up`."""
