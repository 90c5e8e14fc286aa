"""Child processes that never outlive the program that started them, and locks that a crash cannot leave behind."""

from __future__ import annotations

import ctypes
import fcntl
import multiprocessing
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
INNER_UID = 65534
"""The user number a program sees of itself inside a user namespace: the one that every system calls nobody."""


@dataclass(frozen=True)
class RunAs:
    """Whose rights a child process has: ours (nothing given), another user's, or ours without root (a namespace)."""

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False


OURSELVES = RunAs()


def die_with_parent(number: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel to signal this process when the one that started it ends, however it ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def enter_user_namespace() -> None:
    """Give up root for good while keeping the right to our own files: the process sees itself as an ordinary user.

    Raises: OSError where the system does not allow user namespaces.
    """
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_UID} {uid} 1"),
        ("gid_map", f"{INNER_UID} {gid} 1"),
    ):
        handle = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)


def _preparation(run_as: RunAs, death_signal: int | None) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        if run_as.namespace:
            enter_user_namespace()
        if death_signal is not None:
            die_with_parent(death_signal, parent)

    return prepare


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    errors: IO[bytes] | int | None = subprocess.STDOUT,
    run_as: RunAs = OURSELVES,
    death_signal: int | None = signal.SIGTERM,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own; the kernel signals it should we die first.

    Call it from the main thread: the kernel watches the thread that started the child.
    """
    return subprocess.Popen(
        [str(part) for part in argv],
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors if output is not None else None,
        user=run_as.uid,
        group=run_as.gid,
        extra_groups=[] if run_as.uid is not None else None,
        start_new_session=True,
        cwd=cwd,
        preexec_fn=_preparation(run_as, death_signal),
    )


def runs(argv: Sequence[str | Path], *, run_as: RunAs) -> bool:
    """Whether a short command, run with those rights, can be started at all and says yes."""
    try:
        child = spawn(argv, output=subprocess.DEVNULL, run_as=run_as, cwd=Path("/"))
    except (OSError, subprocess.SubprocessError):
        return False
    return child.wait() == 0


def leave_with_parent(patience: float = 3.0) -> None:
    """In a worker that another program forked off: end when that program is gone, politely first.

    It also works when the parent was gone before this was called.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        os._exit(1)

    threading.Thread(target=follow, name="follow-parent", daemon=True).start()


def stop(
    child: subprocess.Popen[bytes], *, number: int = signal.SIGTERM, patience: float = 15.0, again: float = 3.0
) -> None:
    """End a child and whatever it started: ask, ask again (a program may miss it while it starts), then insist.

    ``patience`` and ``again``, the time between two requests, are in seconds.
    """
    deadline = time.monotonic() + patience
    while child.poll() is None and time.monotonic() < deadline:
        child.send_signal(number)
        try:
            child.wait(min(again, max(0.05, deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            pass
    end_group(child.pid)
    if child.poll() is None:
        child.kill()
        child.wait()


def end_group(group: int) -> None:
    """Kill what is left of a child's process group; nothing happens when nothing is left."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


class Lock:
    """A file that one process at a time holds; the kernel lets go of it when the holder ends."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self.path = path
        self._handle: int | None = None

    def take(self, *, shared: bool = False, patience: float = 0.0) -> bool:
        """Try to hold the lock for up to ``patience`` seconds.

        Raises: OSError when the file cannot be opened.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(handle)
                    return False
                time.sleep(0.05)
            else:
                self._handle = handle
                return True

    def write(self, text: str) -> None:
        """Leave a note in the held lock for others to read."""
        if self._handle is None:
            raise RuntimeError("the lock is not held")
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text.encode(), 0)

    def read(self) -> str:
        """The note left by whoever holds the lock, or held it last."""
        try:
            return self.path.read_text()
        except OSError:
            return ""

    def is_held(self) -> bool:
        """Whether some process holds the lock now."""
        if not self.path.exists():
            return False
        probe = Lock(self.path)
        if probe.take(shared=True):
            probe.release()
            return False
        return True

    def release(self) -> None:
        """Let go."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
