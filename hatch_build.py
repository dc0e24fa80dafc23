"""Build hook of the wheel: compile the checker with ocamlopt where there is one, and ship it inside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "src"))


class CheckerHook(BuildHookInterface):
    """A wheel with the program inside is tagged for its platform; without OCaml it is pure, with sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into build/ and add program and sources to the wheel; an editable install needs neither."""
        if version == "editable" or self.target_name != "wheel":
            return
        from provenn.errors import ToolError
        from provenn.verify.compile import compile_checker, sources

        for path in sources(ROOT / "checker"):
            build_data["force_include"][str(path)] = f"provenn/_checker/{path.name}"
        target = ROOT / "build" / "wheel" / "provenn-checker"
        try:
            compile_checker(ROOT / "checker", target, static=sys.platform == "linux")
        except ToolError as e:
            self.app.display_warning(f"{e}\nThe wheel will hold the checker's sources only.")
            return
        build_data["force_include"][str(target)] = "provenn/_bin/provenn-checker"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"


def _platform() -> str:
    """A statically linked Linux program runs on every distribution of its architecture."""
    import platform
    import sysconfig

    if sys.platform == "linux":
        return f"manylinux_2_17_{platform.machine()}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
