"""Reports: one self-contained HTML page that prints well, and report.json beside it."""

from provenn.report.page import write

__all__ = ["write"]
