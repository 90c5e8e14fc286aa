"""Long trials that are too slow for ``make test``: ten rounds of killing server and database in the middle of saves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the crash tests with ten rounds and show what they print."""
    more = {"CPIMS_TEST_ROUNDS": "10", "CPIMS_TEST_KILLS": "100", "CPIMS_TEST_BULK_KILLS": "30"} | os.environ
    argv = [sys.executable, "-m", "pytest", "tests/crash", "-q", "-s", "-p", "no:cacheprovider"]
    return subprocess.run(argv, cwd=ROOT, env=more, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
