"""Shared words of the framework: tensor types and machine words. Imports nothing of ours."""
