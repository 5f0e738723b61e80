"""What stands beside a backup: its record, as JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from . import CannotBackUp
from .rows import Rows, Tables, differences

FORMAT = "stackpick-backup/1"


@dataclass(frozen=True)
class Record:
    """What a backup held when it was taken."""

    taken_at: datetime
    database: str
    size: int
    sha256: str
    tables: Tables

    @property
    def rows(self) -> int:
        return sum(table.number for table in self.tables.values())

    def text(self) -> str:
        said = asdict(self) | {"format": FORMAT, "taken_at": self.taken_at.isoformat()}
        return json.dumps(said, indent=1, sort_keys=True) + "\n"

    def problems_of(self, file: Path) -> list[str]:
        """How the file differs from what was written then."""
        if (size := file.stat().st_size) != self.size:
            return [f"the file has {size:,} bytes, and should have {self.size:,}"]
        if sha256_of(file) != self.sha256:
            return ["the file is not the one that was written: its SHA-256 is another"]
        return []

    def problems_in(self, tables: Tables) -> list[str]:
        return differences(self.tables, tables)


def beside(file: Path) -> Path:
    """Where the record of a backup is."""
    return file.with_name(f"{file.name}.json")


def record_of(file: Path) -> Record | None:
    """The record beside a backup; None where there is none.

    Raises:
        CannotBackUp: it cannot be read.
    """
    try:
        said = json.loads(beside(file).read_text("utf-8"))
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        tables = {name: Rows(*rows) for name, rows in said["tables"].items()}
        at = datetime.fromisoformat(said["taken_at"])
        return Record(at, said["database"], said["size"], said["sha256"], tables)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotBackUp(f"{beside(file)} is no record of a backup: {error!r}.") from None


def sha256_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
