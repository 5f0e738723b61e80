"""The share of one small server that a peak would use, and the measured figures behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.headroom import (
    DEFAULT,
    SCENARIOS,
    SCRIPT,
    SMALL_PART,
    VERSIONS,
    Figures,
    FiguresError,
    band_words,
    headroom,
    load_figures,
)
from assessments.engine.lens import STACKS
from tests.factories import Json, lens
from tests.servers import ROOT

FIGURES = load_figures()
peaks = st.floats(0, 1e9)
positive = st.floats(0.01, 1e7)


def a_result(stack: str, scenario: str, rps: tuple[float, float, float]) -> Json:
    low, median, high = rps
    rate = {"low": low, "median": median, "high": high}
    return {"stack": stack, "workers": 1, "scenario": scenario, "rps": rate, "busy": 0.9}


def a_file(**changed: object) -> Json:
    """Round figures: FastAPI answers 1,000 to 10,000 requests a second, Go 2,000 to 50,000."""
    return {
        "format": "stackpick-headroom-figures/1",
        "date": "2026-11-03",
        "machine": {"cpu": "A processor", "cores": 2},
        "versions": dict.fromkeys(VERSIONS, "1.2.3"),
        "method": {"load": "One sentence.", "cores": "Another."},
        "results": [
            a_result("fastapi", "json", (8000, 9000, 10_000)),
            a_result("fastapi", "row", (1000, 1100, 1200)),
            a_result("go", "json", (40_000, 45_000, 50_000)),
            a_result("go", "row", (2000, 2500, 3000)),
        ],
        **changed,
    }


def loaded(folder: Path, file: object) -> Figures:
    path = folder / "figures.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    return load_figures(path)


@pytest.fixture
def round_figures(tmp_path: Path) -> Figures:
    return loaded(tmp_path, a_file())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


# ---------------------------------------------------------------- the bands


def test_a_band_runs_from_the_best_case_to_the_worst(round_figures: Figures) -> None:
    fastapi, go = headroom(round_figures, 90)["stacks"]
    assert (fastapi["low"], fastapi["high"]) == pytest.approx((0.009, 0.09))
    assert (go["low"], go["high"]) == pytest.approx((90 / 50_000, 0.045))
    assert (plain(fastapi["words"]), plain(go["words"])) == ("up to 9 %", "up to 4 %")
    assert fastapi["limit"] == {"low": 1000, "high": 10_000}
    assert fastapi["cases"]["worst"] == "FastAPI, one worker, reading one row from a database"
    assert go["cases"]["best"] == "Go, one worker, a small JSON answer"


@given(peaks)
def test_bands_are_ordered_and_can_be_drawn(peak: float) -> None:
    for band in headroom(FIGURES, peak)["stacks"]:
        assert 0 <= band["low"] <= band["high"]
        assert 0 <= band["bar"]["low"] <= band["bar"]["high"] <= 1
        assert band["bar"]["high"] == min(1, band["high"])


@given(peaks, peaks)
def test_bands_grow_with_the_peak(one: float, other: float) -> None:
    smaller, larger = (headroom(FIGURES, peak)["stacks"] for peak in sorted((one, other)))
    for less, more in zip(smaller, larger, strict=True):
        assert less["low"] <= more["low"]
        assert less["high"] <= more["high"]


@given(peaks, peaks)
def test_a_larger_peak_never_sounds_easier(one: float, other: float) -> None:
    levels = ["not", "could", "is"]
    first, second = (headroom(FIGURES, peak)["level"] for peak in sorted((one, other)))
    assert levels.index(first) <= levels.index(second)


@given(peaks)
def test_the_stack_that_answered_more_needs_less(peak: float) -> None:
    fastapi, go = headroom(FIGURES, peak)["stacks"]
    if FIGURES.worst("go").rps.low >= FIGURES.worst("fastapi").rps.low:
        assert go["high"] <= fastapi["high"]
    if FIGURES.best("go").rps.high >= FIGURES.best("fastapi").rps.high:
        assert go["low"] <= fastapi["low"]


@given(peaks)
def test_it_is_plain_data_and_the_same_each_time(peak: float) -> None:
    found = headroom(FIGURES, peak)
    assert json.loads(json.dumps(found)) == found
    assert headroom(load_figures(), peak) == found


@pytest.mark.parametrize("peak", [-1, float("nan"), float("inf")])
def test_what_is_no_peak_is_refused(peak: float) -> None:
    with pytest.raises(ValueError, match="has to be a finite number"):
        headroom(FIGURES, peak)


# ---------------------------------------------------------------- the words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, "under 1 %"),
        (0.001, 0.0099, "under 1 %"),
        (0.001, 0.05, "up to 5 %"),
        (0.02, 0.09, "2 to 9 %"),
        (0.0212, 0.0999, "2 to 9 %"),
        (0.041, 0.044, "about 4 %"),
        (0.29, 0.57, "29 to 57 %"),
        (0.5, 0.999, "50 to 99 %"),
        (0.6, 3.02, "about 60 % of one server to 3 servers’ worth"),
        (0.001, 1.04, "under 1 % of one server to 1 server’s worth"),
        (1, 1.04, "about 1 server’s worth"),
        (1.04, 1.4, "about 1 to 1.4 servers’ worth"),
        (2.96, 3.04, "about 3 servers’ worth"),
        (9.94, 99.6, "about 9.9 to 100 servers’ worth"),
        (17_543, 588_235, "about 18,000 to 590,000 servers’ worth"),
    ],
)
def test_a_band_in_words(low: float, high: float, words: str) -> None:
    assert plain(band_words(low, high)) == words


@given(st.lists(positive, min_size=2, max_size=2).map(sorted))
def test_no_band_reads_oddly(band: list[float]) -> None:
    words = band_words(*band)
    assert not any(oddity in words for oddity in ("nan", "inf", "e+", ".0 "))


@pytest.mark.parametrize(
    ("peak", "level", "start"),
    [
        (0, "not", "Throughput is not your bottleneck: at 0 requests a second, even"),
        (0.5, "not", "Throughput is not your bottleneck: at 0.5 requests a second, even"),
        (99.9, "not", "Throughput is not your bottleneck: at 99.9 requests"),
        (100, "could", "Throughput could become your bottleneck: in the slowest case measured"),
        (9_999, "could", "Throughput could become your bottleneck"),
        (10_000, "is", "Throughput is a bottleneck: 10,000 requests a second is as much as"),
        (1e9, "is", "Throughput is a bottleneck: 1,000,000,000 requests a second"),
    ],
)
def test_the_verdict_on_throughput(
    round_figures: Figures, peak: float, level: str, start: str
) -> None:
    found = headroom(round_figures, peak)
    assert found["level"] == level
    assert found["verdict"].startswith(start)
    assert "{" not in found["verdict"]


def test_throughput_counts_as_no_bottleneck_whichever_stack_is_the_slower(tmp_path: Path) -> None:
    swapped = {"fastapi": "go", "go": "fastapi"}
    results = [{**row, "stack": swapped[row["stack"]]} for row in a_file()["results"]]
    found = headroom(loaded(tmp_path, a_file(results=results)), 100)
    assert found["level"] == "could"
    assert "Go, one worker, reading one row from a database" in found["verdict"]


def test_it_says_whose_measurement_it_is(round_figures: Figures) -> None:
    found = headroom(round_figures, 40)
    assert "One machine’s measurement, of 3 November 2026 (A processor, 2 cores;" in found["caveat"]
    assert "It does not say which stack to choose." in found["caveat"]
    assert found["source"]["date"] == "2026-11-03"
    assert (ROOT / found["source"]["script"]).is_file()


# ---------------------------------------------------------------- the figures


def test_the_shipped_figures_are_complete() -> None:
    cases = {(result.stack, result.workers, result.scenario) for result in FIGURES.results}
    assert cases == {
        (stack, workers, scenario)
        for stack in STACKS
        for workers in (1, 2)
        for scenario in SCENARIOS
    }
    assert len(FIGURES.method) >= 5
    assert (ROOT / SCRIPT).is_file()


def test_the_cap_of_the_lens_is_within_what_was_measured() -> None:
    """“A number beats a feeling” has to hold for the slowest round of one FastAPI worker."""
    _, cap = lens().caps["throughput"]
    [one_worker] = [
        result
        for result in FIGURES.results
        if (result.stack, result.workers, result.scenario) == ("fastapi", 1, "row")
    ]
    assert cap.below <= SMALL_PART * one_worker.rps.low


def a_bad_rate(**rps: float) -> Json:
    first, *rest = a_file()["results"]
    return a_file(results=[{**first, "rps": rps}, *rest])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ([], "figures: has to be a table"),
        (a_file(format="stackpick-headroom-figures/2"), "unknown format"),
        (a_file(date="yesterday"), "“date” has to be a day"),
        (a_file(machine={"cpu": "A processor"}), "figures.machine: “cores” is missing"),
        (a_file(versions={"python": "3.11"}), "figures.versions: “fastapi” is missing"),
        (a_file(method={"load": ""}), "figures.method: “load” has to be a text"),
        (a_file(notes="more"), "has an unknown key, “notes”"),
        (a_file(results=[]), "has to hold a case of each stack"),
        (a_file(results=a_file()["results"][:2]), "has to hold a case of each stack"),
        (a_file(results=a_file()["results"][:3]), "the same cases for each stack"),
        (a_file(results=a_file()["results"] * 2), "each once"),
        (a_bad_rate(low=0, median=1, high=2), "figures.results[1].rps: has to be above 0"),
        (a_bad_rate(low=3, median=2, high=4), "figures.results[1].rps: has to be above 0"),
        (a_bad_rate(low=1, median=2), "“high” is missing"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(
    tmp_path: Path, file: object, reason: str
) -> None:
    with pytest.raises(FiguresError) as refused:
        loaded(tmp_path, file)
    assert str(refused.value).startswith(f"{tmp_path / 'figures.json'}: figures")
    assert reason in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "figures.json"
    path.write_bytes(content)
    with pytest.raises(FiguresError, match="is not JSON"):
        load_figures(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FiguresError, match="cannot be read"):
        load_figures(tmp_path / "none.json")


def test_the_default_file_ships_with_the_engine() -> None:
    assert DEFAULT.parent.name == "engine"
