"""Interpretations of a graph: the fast one and the binary32 reference."""
