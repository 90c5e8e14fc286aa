"""Work for later: put in the queue in the same transaction, so that it is done if and only if the change is."""

from __future__ import annotations

from procrastinate.contrib.django import app


def put_off(task: str, *, queue: str = "default", **arguments: object) -> None:
    """Leave a task, by its name, to the worker. Arguments are plain JSON values; never a name, answer or password."""
    app.configure_task(task, queue=queue, allow_unknown=True).defer(**arguments)  # type: ignore[arg-type]
