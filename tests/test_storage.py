"""Stylesheets are served in one piece."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from stackpick.storage import BundledStorage


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """A folder of collected files: a stylesheet that imports two others."""
    tmp_path = tmp_path / "static"
    tmp_path.mkdir()
    files = {
        "css/site.css": '@import "../vendor/base.css";\n@import "icons.css";\nbody { color: red }',
        "vendor/base.css": "p { margin: 0 }",
        "css/icons.css": 'i { background: url("icon.svg") }',
        "css/icon.svg": "<svg/>",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def process(folder: Path, manifest: Path | None = None) -> BundledStorage:
    storage = BundledStorage(location=folder, base_url="/static/", manifest=manifest)
    source = FileSystemStorage(location=folder)
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    for result in storage.post_process({name: (source, name) for name in names}):
        assert not isinstance(result[2], Exception), result
    return storage


def served(storage: BundledStorage, folder: Path) -> str:
    return (folder / str(storage.hashed_files["css/site.css"])).read_text()


def test_what_a_stylesheet_imports_stands_in_its_place(collected: Path) -> None:
    text = served(process(collected), collected)
    assert text.startswith("p { margin: 0 }")
    assert text.endswith("body { color: red }")


def test_one_that_names_files_of_its_own_stays_where_they_are(collected: Path) -> None:
    text = served(process(collected), collected)
    assert '@import url("icons.' in text
    assert "background" not in text


def test_comments_stay_in_the_source_except_licences(collected: Path) -> None:
    (collected / "vendor/base.css").write_text("/*! MIT */\np { margin: 0 } /* why */\n")
    (collected / "css/site.css").write_text(
        '/* What it is. */\n@import "../vendor/base.css";\n/* a\n   b */ i { top: 0 /* c */ }\n'
    )
    assert served(process(collected), collected).split() == [
        *("/*!", "MIT", "*/", "p", "{", "margin:", "0", "}", "i", "{", "top:", "0", "}"),
    ]


def test_our_own_scripts_leave_their_comments_in_the_source(collected: Path) -> None:
    files = {"js/site.js": "// Why.\nlet a;  // b\n", "vendor/others.js": "// MIT\nlet a;\n"}
    for name, text in files.items():
        (collected / name).parent.mkdir(exist_ok=True)
        (collected / name).write_text(text)
    storage = process(collected)
    sent = {name: (collected / str(storage.hashed_files[name])).read_text() for name in files}
    assert sent == files | {"js/site.js": "let a;  // b\n"}


def test_the_manifest_holds_the_sum_of_what_is_sent(collected: Path) -> None:
    name = str(process(collected).hashed_files["css/site.css"])
    sums = BundledStorage(location=collected, base_url="/static/").integrity
    digest = hashlib.sha384((collected / name).read_bytes()).digest()
    assert sums[name] == f"sha384-{base64.b64encode(digest).decode()}"
    assert not [each for each in sums if not each.endswith((".css", ".js"))]


def test_releases_share_the_files_and_each_finds_its_own(collected: Path, tmp_path: Path) -> None:
    """While the next release is put beside the one that runs, and when that is gone back to."""
    manifests = [tmp_path / "releases" / release / ".names.json" for release in ("old", "new")]
    for number, manifest in enumerate(manifests):
        manifest.parent.mkdir(parents=True)
        (collected / "css/site.css").write_text(f"p {{ margin: {number}px }}")
        process(collected, manifest=manifest)
        if number:
            (collected / "vendor/base.css").unlink()
    for number, manifest in enumerate(manifests):
        storage = BundledStorage(location=collected, base_url="/static/", manifest=manifest)
        name = storage.stored_name("css/site.css")
        assert f"margin: {number}px" in (collected / name).read_text()
        assert name in storage.integrity
    assert not (collected / "staticfiles.json").exists()


def test_its_name_changes_with_what_it_imports(collected: Path) -> None:
    before = process(collected).hashed_files["css/site.css"]
    (collected / "css/site.css").write_text('@import "../vendor/base.css";\n')
    (collected / "vendor/base.css").write_text("p { margin: 1px }")
    assert process(collected).hashed_files["css/site.css"] != before
