"""What is suggested, and when it is better not to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.suggest import Classifier, Suggestion
from assessments.suggest.classifying import LONGEST
from assessments.suggest.weights import NONE
from tests.examples import examples
from tests.factories import lens

PLAIN = {
    "Split the customer name into first and last name columns": "schema",
    "Version two of the public API returns cursors": "api_contract",
    "Ask for the phone number during sign-up": "user_flow",
    "Connect Stripe for payments": "integration",
    "Backfill country codes for old users with a one-off script": "data_script",
    "Take ten times more requests per second": "throughput",
    "Thousands of WebSocket connections open at once": "concurrency",
    "Ship it as a Docker image to customers' own servers": "deployment",
    "Alert us when the error rate rises": "observability",
    "Retry failed jobs and survive a crash of the database": "keep_alive",
}
# Each from another language or none; nobody should be told what it means.
NOTHING_TO_SAY = [
    "",
    " \n\t ",
    "hello",
    "???",
    "🔥🚀🚀",
    "\x00\x01\x02\ufffd",
    "asdf jklö qwertz",
    "Wir brauchen neue Felder in der Tabelle der Kunden",
    "Nous allons changer le schéma de la base",
    "Queremos conectar un nuevo proveedor de pagos",
    "Добавить новое поле в таблицу",
    "使用者登入流程會改",
    "نضيف حقولا جديدة إلى الجدول",
    "aG9sYSBtdW5kbyBlc3RvIGVzIGJhc2U2NA==",
    "Stripe " * 2000,
]


@pytest.mark.parametrize(("text", "kind"), PLAIN.items(), ids=PLAIN.values())
def test_a_plain_sentence_is_told_with_confidence(known: Classifier, text: str, kind: str) -> None:
    found = known.suggest(text)
    assert (found.kind, found.abstain) == (kind, False)
    assert found.confidence > 0.8


@pytest.mark.parametrize("text", NOTHING_TO_SAY)
def test_where_there_is_nothing_to_go_by_it_abstains(known: Classifier, text: str) -> None:
    found = known.suggest(text)
    assert found.abstain
    assert found.kind != found.also
    assert NONE not in (found.kind, found.also)


@examples(60)
@given(text=st.text(alphabet=st.characters(), max_size=400) | st.text(min_size=400))
def test_any_text_gets_an_answer(known: Classifier, text: str) -> None:
    found = known.suggest(text)
    assert {found.kind, found.also} < set(known.kinds)
    assert found.kind != found.also
    assert 0 <= found.confidence <= 1
    for word in known.because(text, found.kind):
        assert word in text


def test_half_of_a_pair_of_surrogates_does_no_harm(known: Classifier) -> None:
    assert known.suggest("Connect Stripe \ud800").kind == "integration"


def test_ten_thousand_letters_take_no_longer_than_a_thousand(known: Classifier) -> None:
    cut = known.suggest("Connect Stripe " * 60)
    assert known.suggest("Connect Stripe " * 60 + "x" * 9_100).abstain
    assert len("Connect Stripe " * 60) <= LONGEST
    assert cut.kind == "integration"


def test_the_same_text_always_gives_the_same_answer_also_in_threads(known: Classifier) -> None:
    texts = list(PLAIN) * 3
    alone = [known.suggest(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(known.suggest, texts)) == alone


def test_the_kinds_are_those_of_the_lens(known: Classifier) -> None:
    assert set(known.kinds) == set(lens().kind)


def test_what_is_no_change_is_never_suggested_but_makes_it_abstain(known: Classifier) -> None:
    chances = np.full(len(known.weights.kinds), 0.01)
    chances[known.weights.kinds.index(NONE)] = 0.5
    chances[known.weights.kinds.index("schema")] = 0.46
    assert known.chosen(chances) == Suggestion("schema", known.kinds[0], 0.46, abstain=True)


# ---- Why ----


def test_the_reason_is_the_words_that_carry_it(known: Classifier) -> None:
    assert known.because("Connect Stripe for payments", "integration")[0] == "Stripe"
    assert "webhook" in known.because("We receive the Stripe webhook ourselves", "integration")


def test_each_kind_has_its_own_reason(known: Classifier) -> None:
    text = "Retry the import of the spreadsheet by hand"
    assert known.because(text, "keep_alive")[0] == "Retry"
    assert known.because(text, "data_script")[0] != "Retry"
