"""Static files with hashed names, each stylesheet in one piece, and the sum of each."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r'@import "([^":]+\.css)";\n?')
# For whoever reads the source, not for every visitor; those with /*! hold a licence.
_COMMENT = re.compile(r"/\*(?!!).*?\*/\n?", re.DOTALL)
_SCRIPTS = "js/"  # our own; others come as their makers have made them
_COMMENT_LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


class BundledStorage(CompressedManifestStaticFilesStorage):
    """Puts what a stylesheet imports in its place: one request less before a page can be seen.

    Comments are left out of it on the way, and of our own scripts. The manifest holds the SHA-384
    of each script and stylesheet, by the name that it is served under, as `stackpick.integrity`
    writes it into tags.

    Args:
        manifest: the file to keep the manifest in; among the collected files if not given. Several
            releases share those, and each finds its own by its own manifest.
    """

    def __init__(self, *args: Any, manifest: Path | None = None, **options: Any) -> None:
        if manifest:
            self.manifest_name = manifest.name
            options["manifest_storage"] = FileSystemStorage(location=manifest.parent)
        super().__init__(*args, **options)

    @cached_property
    def integrity(self) -> dict[str, str]:
        """The sums, as they were when the files were collected."""
        sums: dict[str, str] = json.loads(self.read_manifest() or "{}").get("integrity", {})
        return sums

    def save_manifest(self) -> None:
        super().save_manifest()
        manifest = json.loads(self.read_manifest() or "{}")
        names = [name for name in manifest["paths"].values() if name.endswith((".css", ".js"))]
        manifest["integrity"] = {name: self._sum(name) for name in names}
        self.manifest_storage.delete(self.manifest_name)
        self.manifest_storage.save(self.manifest_name, ContentFile(json.dumps(manifest).encode()))

    def _sum(self, name: str) -> str:
        with self.open(name) as file:
            return f"sha384-{base64.b64encode(hashlib.sha384(file.read()).digest()).decode()}"

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            for name in list(paths):
                if name.endswith(".css"):
                    self._bundle(name, paths)
                elif name.startswith(_SCRIPTS):
                    self._replace(name, _COMMENT_LINE.sub("", _read(paths[name])), paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundle(self, name: str, paths: dict[str, Any]) -> None:
        source = _read(paths[name])
        whole = _IMPORT.sub(lambda found: self._imported(name, found, paths), source)
        if whole != source:
            self._replace(name, _COMMENT.sub("", whole), paths)

    def _replace(self, name: str, text: str, paths: dict[str, Any]) -> None:
        self.delete(name)
        self._save(name, ContentFile(text.encode()))
        paths[name] = (self, name)

    def _imported(self, name: str, found: re.Match[str], paths: dict[str, Any]) -> str:
        """The imported text; where it names files of its own, the import as it was."""
        imported = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1]))
        text = _read(paths[imported])
        return found[0] if "url(" in text else text + "\n"


def _read(path: tuple[Any, str]) -> str:
    storage, name = path
    with storage.open(name) as file:
        return str(file.read().decode())
