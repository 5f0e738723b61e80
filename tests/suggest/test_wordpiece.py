"""Our WordPiece cuts every text as the reference implementation does."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from assessments.suggest.training.sentences import load_sentences
from assessments.suggest.wordpiece import LONGEST_WORD, VOCABULARY, tokenizer, words_of
from tests.examples import THOROUGH

# Of bert-base-uncased, as published.
PUBLISHED = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    model = WordPiece(
        dict(tokenizer().vocabulary), unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD
    )
    made = Tokenizer(model)
    made.normalizer, made.pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    return made


def pieces(text: str) -> list[int]:
    return tokenizer().pieces(words_of(text))


def test_the_vocabulary_is_the_published_one() -> None:
    assert hashlib.sha256(VOCABULARY.read_bytes()).hexdigest() == PUBLISHED
    assert len(tokenizer().vocabulary) == 30_522


def means_the_same_to_both(character: str) -> bool:
    """The reference knows an older Unicode than Python: some marks and signs of rare scripts, which
    came or changed later, are something else to it."""
    return _kind(unicodedata.category(character)) == _kind(
        unicodedata.ucd_3_2_0.category(character)
    )


def _kind(category: str) -> str:
    """As far as it counts: a mark, a control character, a sign, a blank, or none of them."""
    return category if category[0] in "PZ" or category in ("Mn", "Cc", "Cf", "Co") else ""


@given(text=st.text(st.characters(codec="utf-8").filter(means_the_same_to_both), max_size=80))
@example(text="0\x1f0")
@example(text="a\u00a0b\u2028c\td")
@example(text="ΣΑΣ İstanbul ŒUVRE ßtraße")
@example(text="e\u0301te\u0301")
@example(text="日本語のテスト, 한국어")
@example(text="x" * (LONGEST_WORD + 1))
@example(text="don't re-try C++/C# a_b 100%")
@example(text="[CLS] [MASK] ##ing")
@example(text="\ufffd\x00\u200b\u00ad🚀👩‍💻")
def test_any_text_is_cut_as_the_reference_cuts_it(reference: Tokenizer, text: str) -> None:
    assert pieces(text) == reference.encode(text).ids


def test_all_sentences_are_cut_as_the_reference_cuts_them(reference: Tokenizer) -> None:
    texts = [sentence.text for sentence in load_sentences()[:: 1 if THOROUGH else 5]]
    assert [pieces(text) for text in texts] == [
        found.ids for found in reference.encode_batch(texts)
    ]


def test_half_of_a_pair_of_surrogates_is_left_out() -> None:
    assert words_of("a\ud800b") == ["ab"]
