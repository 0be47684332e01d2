"""Who is on the telephone goes first: what `ringtrue.voice.going_first` asks of the system, and what its children step back to."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os, sys
from ringtrue.voice.going_first import go_first
os.setpriority(os.PRIO_PROCESS, 0, {before})
{deny}
go_first()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""
DENY = """
def denied(*_):
    raise PermissionError
os.setpriority = denied
"""


ALLOWED = "import os; os.setpriority(os.PRIO_PROCESS, 0, -15)"


def niceness_after(before: int, deny: bool = False) -> int:
    program = PROGRAM.format(before=before, deny=DENY if deny else "")
    return int(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


def test_goes_before_ordinary_work_where_that_is_allowed_and_else_changes_nothing():
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    allowed = subprocess.run([sys.executable, "-c", ALLOWED], capture_output=True, check=False).returncode == 0
    assert niceness_after(mine) == (-15 if allowed else mine)  # root in a container need not be allowed to
    assert niceness_after(mine, deny=True) == mine
