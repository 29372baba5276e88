"""Tools from Python files: every public function is one, its signature is the schema.

Owns reading files and what is made of a function's name, docstring and hints. The files are
trusted: loading one runs it, with all of this program's rights. Does not check arguments
against the schema (`checks.py`) or run calls (`execute.py`).
"""

from __future__ import annotations

import inspect
import re
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import docstring_parser
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from roundtrip.conversation import ToolDefinition
from roundtrip.tools.python_schema import tidy_schema
from roundtrip.tools.tool import TIMEOUT_S, Loaded, LoadProblem, Tool, together

PORTABLE_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}")
"""What all four wires take as a tool's name."""

_loaded: dict[Path, tuple[tuple[int, int], Loaded]] = {}
"""What a file gave, under the time and size it had then."""

_loading = threading.Lock()


def tools_in(path: Path) -> Loaded:
    """The tools of one `.py` file, or of every one in a folder (names with `_` first are left out).

    A file that has not changed since it was last asked for is not run again, so what its
    functions remember stays. Never raises for what a file holds: that is in `problems`.
    """
    if path.is_dir():
        files = sorted(file for file in path.glob("*.py") if not file.name.startswith("_"))
        return together(_tools_of_file(file) for file in files)
    return _tools_of_file(path)


def _tools_of_file(path: Path) -> Loaded:
    path = path.resolve()
    shown = f"{path.parent.name}/{path.name}"
    with _loading:
        try:
            status = path.stat()
            version = (status.st_mtime_ns, status.st_size)
            known = _loaded.get(path)
            if known is None or known[0] != version:
                known = _loaded[path] = (version, _load(path, shown))
        except OSError as error:
            _loaded.pop(path, None)
            reason = error.strerror or str(error)
            return Loaded(problems=(LoadProblem(shown, None, f"cannot be read: {reason}"),))
    return known[1]


def _load(path: Path, shown: str) -> Loaded:
    source = path.read_bytes()
    module = ModuleType(f"roundtrip_tools_of_{path.stem}_{abs(hash(path)):x}")
    module.__file__ = str(path)
    # Hints and dataclasses of the file are looked up under its name while it is in use.
    sys.modules[module.__name__] = module
    try:
        # Compiled here: the import system's cached bytecode misses a change within a second.
        exec(compile(source, str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        message = f"{type(error).__name__}: {getattr(error, 'msg', None) or error}"
        return Loaded(problems=(LoadProblem(shown, _line_of(error, path), message),))
    tools: list[Tool] = []
    problems: list[LoadProblem] = []
    for function in _public_functions(module):
        try:
            tools.append(_tool(function, module, shown))
        except Exception as error:
            # Hints are code of the file's: reading them may raise anything.
            line = function.__code__.co_firstlineno
            message = f"{function.__name__} is not a tool: {_first_line(error)}"
            problems.append(LoadProblem(shown, line, message))
    return Loaded(tuple(tools), tuple(problems))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _line_of(error: BaseException, path: Path) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path)), None)


def _public_functions(module: ModuleType) -> list[Callable[..., Any]]:
    """The functions the module itself defines, in the order it does."""
    return [
        value
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and value.__name__ == name
        and not name.startswith("_")
    ]


class _NotATool(Exception):
    """A function whose signature has no JSON Schema."""


def _tool(function: Callable[..., Any], module: ModuleType, shown: str) -> Tool:
    name = function.__name__
    if not PORTABLE_NAME.fullmatch(name):
        raise _NotATool("providers take letters, digits and _ in a name, at most 64")
    documented = docstring_parser.parse(
        inspect.getdoc(function) or "", docstring_parser.DocstringStyle.GOOGLE
    )
    words = {entry.arg_name: _unwrapped(entry.description) for entry in documented.params}
    arguments = _arguments_model(function, words)
    definition = ToolDefinition(
        name=name,
        description=_unwrapped(documented.description),
        input_schema=tidy_schema(arguments.model_json_schema()),
    )
    return Tool(
        definition,
        run=_with_hinted_types(function, arguments),
        policy="ask" if name in getattr(module, "DESTRUCTIVE", ()) else "auto",
        timeout_s=float(getattr(module, "TIMEOUT_S", {}).get(name, TIMEOUT_S)),
        optional=name in getattr(module, "OPTIONAL", ()),
        source=shown,
    )


def _unwrapped(words: str | None) -> str | None:
    """Paragraphs and lists keep their lines; lines broken for the editor's sake are joined."""
    return words and re.sub(r"(?<!\n)\n(?![\s*•-])", " ", words)


def _arguments_model(function: Callable[..., Any], words: dict[str, str | None]) -> type[BaseModel]:
    """A model with a field for every parameter; the parameter's name is the field's alias.

    The fields have names of their own because a parameter may be called what a pydantic
    model already has (`copy`, `json`) or forbids (`_x`).
    """
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for number, parameter in enumerate(inspect.signature(function).parameters.values()):
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise _NotATool(f"{parameter} takes any number of arguments; name each one")
        required = parameter.default is parameter.empty
        described = _description_in(hints.get(parameter.name)) or words.get(parameter.name)
        field = Field(
            default=... if required else parameter.default,
            alias=parameter.name,
            description=described,
        )
        fields[f"argument_{number}"] = (hints.get(parameter.name, Any), field)
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _description_in(hint: Any) -> str | None:
    """The description an `Annotated[..., Field(description=…)]` gives itself."""
    notes = getattr(hint, "__metadata__", ())
    return next((note.description for note in notes if getattr(note, "description", None)), None)


def _with_hinted_types(
    function: Callable[..., Any], arguments_model: type[BaseModel]
) -> Callable[..., Any]:
    """The function, taking JSON values and getting what its hints say: dates, enums, models."""
    parameters = inspect.signature(function).parameters.values()

    def bound(given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        try:
            read = arguments_model.model_validate(given)
        except ValidationError as error:
            raise ValueError(_in_words(error)) from None
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for number, parameter in enumerate(parameters):
            field = f"argument_{number}"
            if parameter.kind is parameter.POSITIONAL_ONLY:
                positional.append(getattr(read, field))
            elif field in read.model_fields_set:
                named[parameter.name] = getattr(read, field)
        return positional, named

    # `/` lets a tool have parameters of any name, `self` included.
    if inspect.iscoroutinefunction(function):

        async def run_async(**given: Any) -> Any:
            positional, named = bound(given)
            return await function(*positional, **named)

        return run_async

    def run(**given: Any) -> Any:
        positional, named = bound(given)
        return function(*positional, **named)

    return run


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(step) for step in entry['loc'])}: {entry['msg']}"
        for entry in error.errors(include_url=False)
    )
