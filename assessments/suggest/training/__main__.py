"""``make train``: learns the weights anew, and prints how good they are on hands not learnt from.

The same sentences give the same file, to the byte, on the same processor and the same packages.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..classifying import Classifier, softmax
from ..encoder import Floats, load_encoder
from ..weights import NONE, WEIGHTS, Weights, checksum
from .learning import Learnt, Seen, best_temperature, learn, see
from .measures import Judged, confusion, in_words, measure
from .sentences import folds, load_sentences

# Chow's rule (1970): asking costs the founder about half of what a wrong suggestion costs.
SURE_FROM = 0.45


def main() -> None:
    sentences = load_sentences()
    encoder = load_encoder()
    seen = see(encoder, [sentence.text for sentence in sentences])
    kinds = np.array([sentence.kind for sentence in sentences])
    learnt = learn(seen, kinds)
    tests = list(folds(sentences))
    scores = scores_of_others(seen, kinds, tests, learnt.kinds)
    right = np.array([learnt.kinds.index(kind) for kind in kinds])
    weights = _weights(learnt, best_temperature(scores, right))
    weights.save()
    judged = _judged(Classifier(encoder, weights), scores, kinds)
    print(f"{len(sentences)} sentences by {len({s.hand for s in sentences})} hands;", end=" ")
    print(f"temperature {weights.temperature}; cross-validated by hands:\n")
    print(in_words(measure(judged)), end="\n\n")
    print(confusion(judged, [kind for kind in learnt.kinds if kind != NONE]), end="\n\n")
    print(f"Written: {WEIGHTS.name}, {WEIGHTS.stat().st_size // 1000} KB")


def scores_of_others(
    seen: Seen, kinds: NDArray[np.str_], tests: Sequence[NDArray[np.bool_]], names: Sequence[str]
) -> Floats:
    """What is said of each sentence by a model that has read nothing by its writer."""
    scores = np.zeros((len(kinds), len(names)))
    for test in tests:
        found = learn(seen.only(~test), kinds[~test])
        if found.kinds != tuple(names):
            raise ValueError("a fold lacks one of the kinds")
        scores[test] = found.scores(seen.only(test))
    return scores


def _weights(learnt: Learnt, temperature: float) -> Weights:
    return Weights(
        learnt.kinds,
        learnt.vectors,
        learnt.bias,
        learnt.of_words,
        learnt.of_letters,
        temperature,
        SURE_FROM,
        checksum(),
    )


def _judged(classifier: Classifier, scores: Floats, kinds: NDArray[np.str_]) -> list[Judged]:
    chances = softmax(scores / classifier.weights.temperature)
    return [
        Judged(str(kind), classifier.chosen(row)) for kind, row in zip(kinds, chances, strict=True)
    ]


if __name__ == "__main__":
    main()
