"""The pages of expert reviewers."""
