"""The ``cpims`` command: running, stopping, examining, saving and restoring an instance, and every other command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from config.environment import BadEnvironment
from cpims.lib.postgres import DatabaseProblem
from cpims.management.launch.instance import Place, this_place
from cpims.management.launch.words import Stop, complain, say, text

WITHOUT_DATABASE = {
    "help", "version", "makemigrations", "check", "pack_check", "matching_evaluate", "--help", "--version",
}  # fmt: skip
#: Options with which a command that otherwise needs the database does not.
NEVER_LOOKS = {"--labelled-duplicates"}


def _run(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.run import run

    if "--both" in arguments:
        from cpims.management.launch.both import run_both

        return run_both(place, with_parent="--with-parent" in arguments)
    return run(place, with_parent="--with-parent" in arguments)


def _stop(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.run import stop_instance

    if "--both" in arguments:
        from cpims.management.launch.both import stop_both

        return stop_both(place)
    return stop_instance(place)


def _status(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.run import show_status

    return show_status(place)


def _instance(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.instances import command

    return command(place, arguments)


def _doctor(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.doctor import examine

    return examine(place, arguments)


def _backup(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.backup import command

    return command(place, arguments)


def _restore(place: Place, arguments: list[str]) -> int:
    from cpims.management.launch.restore import command

    return command(place, arguments)


def _worker(place: Place, arguments: list[str]) -> int:
    import django

    django.setup()
    from cpims.jobs.worker import run_worker

    run_worker()
    return 0


def _open_database(place: Place, arguments: list[str]) -> int:
    from django.core.management.base import CommandError

    from cpims.management.launch.opening import main as open_main

    try:
        return open_main(arguments)
    except CommandError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1


COMMANDS: dict[str, Callable[[Place, list[str]], int]] = {
    "run": _run,
    "stop": _stop,
    "status": _status,
    "doctor": _doctor,
    "backup": _backup,
    "instance": _instance,
    "restore": _restore,
    "worker": _worker,
    "open-database": _open_database,
}
SHOWN = ("run", "stop", "status", "doctor", "instance", "backup", "restore")


def _django(place: Place, arguments: list[str]) -> int:
    import django
    from django.core.management import execute_from_command_line, get_commands

    if "_".join(arguments[:2]) in WITHOUT_DATABASE:
        arguments = ["_".join(arguments[:2]), *arguments[2:]]
    if arguments[0] in WITHOUT_DATABASE or any(part.partition("=")[0] in NEVER_LOOKS for part in arguments):
        os.environ.setdefault("DATABASE_URL", "postgresql://cpims@127.0.0.1:5432/cpims")
        execute_from_command_line(["cpims", *arguments])
        return 0
    with place.database():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        known = get_commands()
        joined = "_".join(arguments[:2])
        if arguments[0] not in known and joined in known:
            arguments = [joined, *arguments[2:]]
        if arguments[0] not in known:
            raise Stop("ops.cli.unknown", command=" ".join(arguments[:2]))
        execute_from_command_line(["cpims", *arguments])
    return 0


def _help() -> int:
    say("ops.cli.usage")
    for name in SHOWN:
        sys.stdout.write(f"  cpims {name:<10} {text(f'ops.cli.about.{name}')}\n")
    say("ops.cli.others")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Do what the operator asked; a problem is told in one sentence with the way out, never as a trace."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        return _help()
    try:
        place = this_place()
        command = COMMANDS.get(arguments[0])
        if command is None:
            return _django(place, arguments)
        return command(place, arguments[1:])
    except Stop as problem:
        sys.stderr.write(f"{problem}\n")
    except DatabaseProblem as problem:
        complain(f"ops.{problem.code}", **problem.params)
    except BadEnvironment as problem:
        sys.stderr.write(f"{problem}\n")
    except KeyboardInterrupt:
        return 130
    except PermissionError as error:
        complain("ops.setup.os_error", path=error.filename or "", why=error.strerror or str(error))
    except BrokenPipeError:
        return 141
    return 1


if __name__ == "__main__":
    sys.exit(main())
