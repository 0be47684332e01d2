import os
import signal
import subprocess
import sys
import time

from ringtrue.core.supervising import Part, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return open(f"/proc/{pid}/stat").read().split()[2] == "Z"


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_every_process_is_stopped_with_what_it_started(tmp_path):
    child = f"import subprocess, sys, time; print(subprocess.Popen({SLEEPER!r}).pid, flush=True); time.sleep(60)"
    supervisor = Supervisor([Part(name="parent", command=[sys.executable, "-c", child], alive=lambda: True)], tmp_path, print)
    supervisor.start()
    log = tmp_path / "parent.log"
    assert until(lambda: log.read_text().strip())
    grandchild = int(log.read_text())
    supervisor.stop()
    assert supervisor.parts[0].process.poll() is not None
    assert until(lambda: gone(grandchild))


def test_a_dead_part_is_started_again_and_said(tmp_path):
    said = []
    supervisor = Supervisor([Part(name="web", command=SLEEPER, alive=lambda: True)], tmp_path, said.append)
    supervisor.start()
    first = supervisor.parts[0].process
    first.kill()
    first.wait()
    supervisor.parts[0].started_at -= 100
    supervisor.keep()
    assert supervisor.parts[0].process.pid != first.pid
    assert "web stopped" in said[0]
    supervisor.stop()


def test_a_part_that_dies_at_once_is_not_started_in_a_tight_loop(tmp_path):
    said = []
    supervisor = Supervisor([Part(name="web", command=["false"], alive=lambda: False)], tmp_path, said.append)
    supervisor.start()
    supervisor.parts[0].process.wait()
    for _ in range(50):
        supervisor.keep()
    assert said == []
    supervisor.stop()


def test_a_killed_parent_leaves_nothing_behind(tmp_path):
    code = (
        "import sys; from pathlib import Path; from ringtrue.core.supervising import Part, Supervisor\n"
        f"s = Supervisor([Part(name='x', command={SLEEPER!r}, alive=lambda: True)], Path({str(tmp_path)!r}), print)\n"
        "s.start(); print(s.parts[0].process.pid, flush=True); s.run()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert until(lambda: gone(child))


PARTS = """
import os, sys, time
def main():
    print(os.getpid(), os.getsid(0) == os.getpid(), "warm" in sys.modules, flush=True)
    time.sleep(60)
"""


def forking_parent(tmp_path, *, threads=""):
    """A supervisor with one part that may be forked: (its process, the part's process id, own session?, parent's imports there?)."""
    (tmp_path / "sleeping_part.py").write_text(PARTS)
    (tmp_path / "warm.py").write_text("")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import warm; from pathlib import Path\n"
        "from ringtrue.core.supervising import Part, Supervisor\n"
        f"{threads}\n"
        "part = Part(name='x', command=[sys.executable, '-c', 'import sleeping_part; sleeping_part.main()'],"
        " alive=lambda: True, module='sleeping_part')\n"
        f"s = Supervisor([part], Path({str(tmp_path)!r}), print); s.start(); s.run(); s.stop()\n"
        "print('status', part.process.returncode, flush=True)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    )
    log = tmp_path / "x.log"
    assert until(lambda: log.exists() and log.read_text().endswith("\n"))
    pid, own_session, warm = log.read_text().split()
    return parent, int(pid), own_session == "True", warm == "True"


def test_a_forked_part_begins_with_what_its_parent_imported_and_is_stopped_like_any_other(tmp_path):
    parent, pid, own_session, warm = forking_parent(tmp_path)
    assert (own_session, warm) == (True, True)
    parent.send_signal(signal.SIGTERM)
    said, _ = parent.communicate(timeout=20)
    assert "status -15" in said
    assert gone(pid)


def test_a_parent_with_threads_does_not_fork(tmp_path):
    parent, pid, own_session, warm = forking_parent(
        tmp_path, threads="import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    assert (own_session, warm) == (True, False)
    parent.kill()
    parent.wait()
    assert until(lambda: gone(pid))


def test_a_killed_parent_leaves_no_forked_part_behind(tmp_path):
    parent, pid, _, _ = forking_parent(tmp_path)
    parent.kill()
    parent.wait()
    assert until(lambda: gone(pid))
