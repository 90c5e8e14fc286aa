#!/bin/sh
# Locks the Python dependencies again, with hashes and for every platform. Needs uv on the PATH.
set -eu
cd "$(dirname "$0")/.."
for part in run dev; do
  group=""
  [ "$part" = dev ] && group="--group dev"
  # shellcheck disable=SC2086
  uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
    --no-emit-index-url $group pyproject.toml -o "requirements/$part.lock"
done
# A Node for machines that have none that fits: it comes as a Python package, with npm.
uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
  --no-emit-index-url requirements/node.in -o requirements/node.lock
