"""``manage.py samples``: what a file of each format looks like, kept in docs/samples."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.exports.documents import DOCUMENTS
from assessments.samples import ABOUT, LINK, sample_item, samples
from assessments.worked_examples import slugs

KEPT = Path(__file__).parents[1] / "docs" / "samples"
EXAMPLE = "harbourmaster"


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return dict(samples(EXAMPLE))


@pytest.mark.parametrize("key", DOCUMENTS)
def test_the_kept_sample_is_what_would_be_written_now(key: str, made: dict[str, bytes]) -> None:
    """After a change that is meant: ``make samples``, and look at what came of it."""
    name = DOCUMENTS[key].file_name(sample_item(EXAMPLE))
    assert (KEPT / name).read_bytes() == made[name]


def test_nothing_is_kept_that_is_no_sample(made: dict[str, bytes]) -> None:
    assert {path.name for path in KEPT.iterdir()} == set(made)
    assert (KEPT / ABOUT).read_bytes() == made[ABOUT]


def test_the_readme_says_what_each_file_is(made: dict[str, bytes]) -> None:
    says = made[ABOUT].decode()
    for document in DOCUMENTS.values():
        name = document.file_name(sample_item(EXAMPLE))
        assert f"| [{name}]({name}) | {document.label} | {document.use} |" in says


def test_the_samples_show_everything_that_a_result_can_have() -> None:
    item = sample_item(EXAMPLE)
    assert item.report
    assert item.report["seam"]
    assert item.report["flips"]
    assert item.review
    assert item.link == LINK


def test_one_command_writes_them_without_a_database(tmp_path: Path) -> None:
    """This test may not ask the database anything."""
    out, folder = StringIO(), tmp_path / "new" / "folder"
    call_command("samples", str(folder), stdout=out)
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == dict(samples(EXAMPLE))
    assert len(out.getvalue().splitlines()) == len(DOCUMENTS) + 1


@pytest.mark.parametrize("slug", slugs())
def test_every_worked_example_can_be_written(slug: str, tmp_path: Path) -> None:
    call_command("samples", str(tmp_path), example=slug, stdout=StringIO())
    assert {path.suffix for path in tmp_path.iterdir()} >= {f".{key}" for key in DOCUMENTS}
    assert f"/examples/{slug}/" in (tmp_path / ABOUT).read_text()


def test_an_example_that_there_is_not_is_named() -> None:
    with pytest.raises(CommandError, match=r"invalid choice: 'nobody' \(choose from"):
        call_command("samples", "--example", "nobody")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match=r"file cannot be written: "):
        call_command("samples", str(tmp_path / "file"))
