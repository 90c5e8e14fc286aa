"""Reading a pack's files: plain YAML without its traps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from cpims.configuration.formats.problems import Place

#: A pack is written by people; a longer file is a mistake.
LONGEST_FILE: Final = 2_000_000


class _Plain(yaml.SafeLoader):
    """YAML in which only true, false, null and decimal numbers are more than text, and no key stands twice.

    ``no`` and ``on`` stay words, a date stays the text it is, and nothing refers to anything else.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(problem="key is not text", problem_mark=key_node.start_mark)
            if key in seen:
                raise yaml.MarkedYAMLError(problem="key stands twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])


def read_folder(folder: Path) -> dict[str, bytes]:
    """The YAML files of a pack's folder by their path inside it, in a fixed order.

    Raises: FileNotFoundError.
    """
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    root = folder.resolve()
    files: dict[str, bytes] = {}
    for path in sorted(root.rglob("*.yaml")):
        if path.is_file() and path.resolve().is_relative_to(root):
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    return files


def parse_files(files: Mapping[str, bytes], place: Place) -> dict[str, Any]:
    """What each file holds; a file that cannot be read is named as a problem and left out."""
    found: dict[str, Any] = {}
    for name in sorted(files):
        here = Place(name, place.problems)
        if len(files[name]) > LONGEST_FILE:
            here.say("file_too_long", limit=LONGEST_FILE)
            continue
        try:
            found[name] = yaml.load(files[name].decode("utf-8"), Loader=_Plain)
        except UnicodeDecodeError as error:
            here.say("not_utf8", byte=error.start)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            here.say("not_yaml", line=mark.line + 1 if mark else 0, reason=error.problem or "")
        except (yaml.YAMLError, RecursionError):
            here.say("not_yaml", line=0, reason="")
    return found
