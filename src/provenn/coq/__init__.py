"""Talking to Coq: what the proofs rest on, as recorded by the build."""
