"""Bounds of a network over boxes: intervals, backward linear relaxation, optimised slopes."""
