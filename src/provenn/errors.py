"""Every error of the framework: what happened, where, expected against got, and what to do next.

Each error carries a code such as ``PNN-SHAPE-104``; ``provenn explain CODE`` prints the long text
(``catalogue.py``), and every code has a golden test.
"""

from __future__ import annotations


class ProvennError(Exception):
    """Base of all errors raised on purpose.

    Attributes: ``code`` names the entry of the catalogue, ``what`` is one sentence, the rest is
    optional detail shown to the user line by line.
    """

    def __init__(
        self,
        code: str,
        what: str,
        *,
        where: str = "",
        expected: object = "",
        got: object = "",
        hint: str = "",
    ) -> None:
        self.code, self.what, self.where, self.hint = code, what, where, hint
        self.expected, self.got = str(expected), str(got)
        super().__init__(self.render())

    def render(self) -> str:
        """The message as users read it, one fact a line."""
        facts = [("where", self.where), ("expected", self.expected), ("got", self.got)]
        facts += [("hint", self.hint), ("more", f"provenn explain {self.code}")]
        lines = [f"  {k:<9} {v}".replace("\n", "\n" + 12 * " ") for k, v in facts if v]
        return "\n".join([f"{self.code}: {self.what}", *lines])


class ShapeError(ProvennError, ValueError):
    """Operands whose shapes do not fit the operation."""


class GraphError(ProvennError, ValueError):
    """A graph that is not well formed."""


class FileError(ProvennError, ValueError):
    """A file that cannot be read: missing, corrupt, malformed or of the wrong kind."""


class UnsupportedError(ProvennError, NotImplementedError):
    """Something valid that provenn cannot do yet: names the operation and the missing facet."""


class PropertyError(ProvennError, ValueError):
    """A property that does not fit its network, or cannot be written in canonical form."""


class CertificateError(ProvennError):
    """A certificate that the checker rejected or that cannot be produced."""


class ToolError(ProvennError, RuntimeError):
    """A program that provenn needs is missing or failed."""


class UsageError(ProvennError, ValueError):
    """A command line that cannot be understood."""
