"""Differentiation as a transformation from graphs to graphs."""
