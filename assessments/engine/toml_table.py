"""One table of a lens file, read key by key, with errors that name the file and the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

T = TypeVar("T")


class LensError(ValueError):
    """A lens file that cannot be used: which file, which table in it, and why."""

    def __init__(self, file: Path | str, table: str, reason: str) -> None:
        self.file, self.table, self.reason = str(file), table, reason
        super().__init__(f"{file}: {table}: {reason}")


class Table:
    """Reads typed values out of one TOML table and remembers which keys were asked for.

    Every reader raises ``LensError`` where the value is missing or of the wrong kind; ``done``
    raises it for keys that nobody asked for, so that a misspelt key cannot pass unnoticed.
    """

    def __init__(self, file: Path, name: str, data: object) -> None:
        self.file, self.name = file, name
        if not isinstance(data, Mapping):
            raise self.error("has to be a table")
        self._data: Mapping[str, Any] = data
        self._read: set[str] = set()

    def error(self, reason: str) -> LensError:
        return LensError(self.file, self.name, reason)

    def has(self, key: str) -> bool:
        return key in self._data

    def _get(self, key: str, wanted: str) -> Any:
        self._read.add(key)
        if key not in self._data:
            raise self.error(f"“{key}” is missing: {wanted}")
        return self._data[key]

    def text(self, key: str) -> str:
        value = self._get(key, "a sentence is needed")
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"“{key}” has to be a text that is not empty")
        return value

    def word(self, key: str, allowed: Iterable[str], what: str) -> str:
        value, known = self.text(key), list(allowed)
        if value not in known:
            raise self.error(
                f"“{key}” names an unknown {what}, “{value}”; known: {', '.join(known)}"
            )
        return value

    def number(self, key: str, low: float = 0.0, high: float = float("inf")) -> float:
        value = self._get(key, "a number is needed")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"“{key}” has to be a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number) or not low <= number <= high:
            raise self.error(f"“{key}” is {number:g}, outside [{low:g}, {high:g}]")
        return number

    def whole(
        self, key: str, default: int | None = None, low: int = 0, high: float = float("inf")
    ) -> int:
        value = self.number(key, low, high) if default is None or self.has(key) else default
        if value != int(value):
            raise self.error(f"“{key}” has to be a whole number")
        return int(value)

    def template(self, key: str, *places: str) -> str:
        """A sentence with places such as ``{text}`` in it, each one of ``places``."""
        text = self.text(key)
        try:
            parts = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
        except ValueError as problem:
            raise self.error(f"“{key}” has a brace without its other half: {problem}") from None
        for place, form, conversion in parts:
            if place not in places or form or conversion:
                known = ", ".join(f"{{{name}}}" for name in places) or "none"
                raise self.error(f"“{key}” has an unknown place, “{{{place}}}”; known: {known}")
        return text

    def flag(self, key: str, default: bool) -> bool:
        if not self.has(key):
            return default
        value = self._get(key, "")
        if not isinstance(value, bool):
            raise self.error(f"“{key}” has to be true or false")
        return value

    def table(self, key: str) -> Table:
        return Table(self.file, f"{self.name}.{key}", self._get(key, "a table is needed"))

    def optional_table(self, key: str) -> Table:
        return Table(self.file, f"{self.name}.{key}", self._get(key, "") if self.has(key) else {})

    def tables(self, key: str) -> list[Table]:
        """An array of tables; each is named by its own id where it has one."""
        items = self._get(key, "at least one table is needed")
        if not isinstance(items, list):
            raise self.error(f"“{key}” has to be an array of tables, written [[{key}]]")
        return [
            Table(self.file, self._item_name(key, n, item), item) for n, item in enumerate(items)
        ]

    def _item_name(self, key: str, number: int, item: object) -> str:
        label = item.get("id", number + 1) if isinstance(item, Mapping) else number + 1
        prefix = "" if self.name == "lens file" else f"{self.name}."
        return f"{prefix}{key}[{label}]"

    def numbers(self, allowed: Iterable[str], what: str, high: float) -> dict[str, float]:
        """The whole table as numbers in [0, high], every key one of ``allowed``."""
        known = list(allowed)
        for key in self._data:
            if key not in known:
                raise self.error(f"names an unknown {what}, “{key}”; known: {', '.join(known)}")
        return {key: self.number(key, 0.0, high) for key in self._data}

    def texts(self, key: str, what: str = "texts") -> tuple[str, ...]:
        """A list of texts; ``what`` they are is said where it is none, or has none in it."""
        value = self._get(key, f"a list of {what} is needed")
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            raise self.error(f"“{key}” has to be a list of {what}")
        return tuple(value)

    def sentences(self) -> tuple[str, ...]:
        """Every value of the table, each a text."""
        return tuple(self.text(key) for key in self._data)

    def words(self) -> dict[str, tuple[str, ...]]:
        """The whole table as lists of words: ``{schema = ["moving", "unknown"]}``."""
        return {key: self.texts(key, "options") for key in self._data}

    def done(self) -> None:
        unknown = [key for key in self._data if key not in self._read]
        if unknown:
            raise self.error(f"has an unknown key, “{unknown[0]}”")


def finish(table: Table, read: Callable[[Table], T]) -> T:
    result = read(table)
    table.done()
    return result


def each(parent: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
    """Every table of an array, read and closed; ids are unique within it."""
    seen: set[str] = set()
    result = []
    for table in parent.tables(key):
        name = table.text("id")
        if name in seen:
            raise table.error(f"the id “{name}” is used twice")
        seen.add(name)
        result.append(finish(table, read))
    return tuple(result)
