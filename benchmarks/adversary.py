"""Thousands of stories of three devices, a server and everything that can go wrong between them: ``SEEDS`` (5000) of them.

The test that tells them for a minute is ``tests/properties/test_adversary.py``; a story that fails says how to tell it again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Tell the stories and show what they print: how many a second, and each that failed."""
    env = {
        **os.environ,
        "CPIMS_TEST_SEEDS": os.environ.get("SEEDS", "5000"),
        "CPIMS_TEST_FIRST_SEED": os.environ.get("FIRST_SEED", "1"),
        "CPIMS_TEST_SECONDS": os.environ.get("SECONDS_AT_MOST", "86400"),
    }
    argv = [sys.executable, "-m", "pytest", "tests/properties/test_adversary.py", "-q", "-s", "-p", "no:cacheprovider"]
    return subprocess.run(argv, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
