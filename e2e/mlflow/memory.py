"""How much memory a server has taken, from /proc."""

from __future__ import annotations

import re
from pathlib import Path


def peak_memory(pid: int) -> int:
    """Bytes: the greatest resident memory that one of its processes has had, the given one and all below it; 0 if unknown."""
    fields: dict[int, tuple[int, int]] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        parent, peak = (re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE) for name in ("PPid", "VmHWM"))
        if parent and peak:
            fields[int(status.parent.name)] = (int(parent[1]), int(peak[1]) * 1_024)
    family, before = {pid}, 0
    while before != len(family):
        before = len(family)
        family |= {one for one, (parent, _) in fields.items() if parent in family}
    return max((fields[one][1] for one in family if one in fields), default=0)
