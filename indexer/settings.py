"""What the user may set, as one table: SETTINGS gives the file's keys, the environment and the README.

A value comes from the command line, else from NEWSDEX_<NAME>, else from newsdex.toml (in the current
folder, then in the user's configuration folder), else from the table. `outlets` of several files are
joined by domain.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from corpus.options import Outlet, ReadOptions
from indexer.errors import SettingsInvalid

FILE_NAME = "newsdex.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may be set; SETTINGS says what each means.

    `files` are the settings files that were read, the most important first.
    """

    index: Path = Path("newsdex-index")
    zone: str = "UTC"
    language: str = ""
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    max_bytes: int = 2**31
    memory: int = 512
    jobs: int = 0
    time_limit_ms: int = 5_000
    expansion_most: int = 1_000
    host: str = "127.0.0.1"
    port: int = 8642
    threads: int = 8
    files: tuple[Path, ...] = ()

    def read_options(self) -> ReadOptions:
        """What of it concerns reading files."""
        return ReadOptions(
            zone=self.zone, outlets=self.outlets, language=self.language, max_bytes=self.max_bytes
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: `check` turns a value of the file or a text of the environment into the setting's own.

    `check` raises ValueError with the remedy. `env` is "" for what the environment cannot carry.
    """

    name: str
    kind: str
    help: str
    check: Callable[[Any], Any]

    @property
    def env(self) -> str:
        return "" if self.kind == "table" else f"NEWSDEX_{self.name.upper()}"

    @property
    def default(self) -> Any:
        return getattr(_DEFAULTS, self.name)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"write a text in quotation marks, not {value!r}")
    return value.strip()


def _path(value: Any) -> Path:
    text = os.fspath(value) if isinstance(value, Path) else _text(value)
    if not text:
        raise ValueError("name a folder")
    return Path(text).expanduser()


def _zone(value: Any) -> str:
    name = _text(value)
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = [*difflib.get_close_matches(name, zoneinfo.available_timezones(), 1, 0.6), "Asia/Seoul"]
        raise ValueError(f"{name!r} is no time zone; write one like {near[0]}") from error
    return name


def _language(value: Any) -> str:
    tag = _text(value)
    if tag and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise ValueError(f"{tag!r} is no language tag; write one like en or ko or pt-BR")
    return tag


def _words(value: Any) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise ValueError('write a list of words, like ["eugenics", "physics"]')
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        try:
            number = int(value.replace("_", "")) if isinstance(value, str) else value
        except ValueError:
            number = None
        if type(number) is not int or not least <= number <= most:
            raise ValueError(f"write a whole number from {least:,} to {most:,}, not {value!r}")
        return number

    return check


_OUTLET_KEYS: Mapping[str, Callable[[Any], str]] = {"name": _text, "zone": _zone, "language": _language}


def _outlets(value: Any) -> dict[str, Outlet]:
    if not isinstance(value, Mapping):
        raise ValueError('write a table for each paper, like [outlets."example.org"]')
    outlets = {}
    for domain, table in value.items():
        if isinstance(table, Outlet):
            outlets[domain] = table
            continue
        if not isinstance(table, Mapping):
            raise ValueError(f'write a table, like [outlets."{domain}"]')
        for key in table:
            if key not in _OUTLET_KEYS:
                raise ValueError(f"{domain} has no {key!r}{_nearest(key, _OUTLET_KEYS)}")
        try:
            checked = {key: _OUTLET_KEYS[key](text) for key, text in table.items()}
        except ValueError as error:
            raise ValueError(f"{domain}: {error}") from error
        domain = domain.lower().removeprefix("www.")
        outlets[domain] = Outlet(domain=domain, **checked)
    return outlets


SETTINGS: tuple[Setting, ...] = (
    Setting("index", "folder", "where the index is kept", _path),
    Setting("zone", "time zone", "taken where neither the text nor the outlet names one", _zone),
    Setting("language", "language tag", "taken where none is stated or recognised", _language),
    Setting("outlets", "table", "a paper's name, zone and language, by domain", _outlets),
    Setting("protected", "words", "words that are never stemmed, such as names", _words),
    Setting("max_bytes", "bytes", "larger files are reported, not read into memory", _whole(1_000, 2**40)),
    Setting(
        "memory",
        "megabytes",
        "what building may take for its buffers, 96 for each of its processes",
        _whole(64, 2**20),
    ),
    Setting("jobs", "count", "how many processes read for a build; 0: one for each core", _whole(0, 1_000)),
    Setting("time_limit_ms", "milliseconds", "after which a search gives what it has", _whole(10, 600_000)),
    Setting("expansion_most", "count", "how many words a wildcard may stand for", _whole(1, 1_000_000)),
    Setting("host", "address", "where `serve` listens", _text),
    Setting("port", "number", "on which port `serve` listens", _whole(0, 65_535)),
    Setting("threads", "count", "how many requests `serve` answers at once", _whole(1, 1_000)),
)
_DEFAULTS = Settings()
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def load(
    index: str | Path | None = None,
    config: str | Path | None = None,
    env: Mapping[str, str] = os.environ,
    **overrides: Any,
) -> Settings:
    """The settings in force; `index` and `overrides` are the command line's, None meaning not given.

    `config` (else NEWSDEX_CONFIG) names the one settings file to read instead of the usual two. Raises
    SettingsInvalid naming the place, the key and the remedy.
    """
    given = {"index": index, **overrides}
    values: dict[str, Any] = {}
    outlets: dict[str, Outlet] = {}
    files = _files(config or env.get("NEWSDEX_CONFIG") or None)
    for path in reversed(files):
        read = _read(path)
        outlets |= read.get("outlets", {})
        values |= read
    for setting in SETTINGS:
        if setting.env and env.get(setting.env):
            values[setting.name] = _checked(setting, env[setting.env], "the environment", setting.env)
    for name, value in given.items():
        if value is not None:
            option = f"--{name.replace('_', '-')}"
            values[name] = _checked(_BY_NAME[name], value, "the command line", option)
    if "outlets" in values and given.get("outlets") is None:
        values["outlets"] = outlets
    return Settings(**values, files=tuple(files))


def _files(config: str | Path | None) -> list[Path]:
    if config is not None:
        path = Path(config).expanduser()
        if not path.is_file():
            raise SettingsInvalid(str(path), "", "there is no such settings file")
        return [path]
    folders = (Path(), Path(platformdirs.user_config_dir("newsdex", appauthor=False)))
    return [folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()]


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsInvalid(str(path), "", f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsInvalid(str(path), "", f"is not TOML in UTF-8: {error}") from error
    values = {}
    for key, value in table.items():
        if key not in _BY_NAME:
            raise SettingsInvalid(str(path), key, f"there is no such setting{_nearest(key, _BY_NAME)}")
        values[key] = _checked(_BY_NAME[key], value, str(path), key)
    if "index" in values:
        values["index"] = path.parent / values["index"]
    return values


def _checked(setting: Setting, value: Any, where: str, key: str) -> Any:
    try:
        return setting.check(value)
    except ValueError as error:
        raise SettingsInvalid(where, key, str(error)) from error


def _nearest(key: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key.lower().replace("-", "_"), names, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(names)}"
