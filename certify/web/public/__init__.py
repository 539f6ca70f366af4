"""What everybody reads, without an account."""
