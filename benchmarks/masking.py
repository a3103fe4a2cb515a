"""Measures what masking catches and what it masks wrongly, on the sentences in tests/privacy/ and tests/nlu/.

python -m benchmarks.masking                the sentences kept apart
python -m benchmarks.masking ontwikkel      the sentences to choose settings with
python -m benchmarks.masking ontwikkel --fouten     with the mistakes
python -m benchmarks.masking --begrip       also: what understanding loses by masking (needs the trained model)
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bot.cli import quiet_start

quiet_start()

from bot.privacy import masking  # noqa: E402
from bot.privacy.patterns import Span  # noqa: E402
from tests.nlu import corpus  # noqa: E402
from tests.privacy import sentences  # noqa: E402


def measure(examples: Sequence[sentences.Sentence], mistakes: list[str]) -> dict[str, tuple[int, int, int]]:
    """Per kind: how many there are, how many disappear wholly, how many masks take away something else."""
    there: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for example in examples:
        found = masking.find(example.text)
        missed = [span for span in example.personal if _uncovered(example.text, span, found)]
        wrong = [span for span in found if _uncovered(example.text, span, example.personal)]
        there.update(span.kind for span in example.personal)
        caught.update(span.kind for span in example.personal if span not in missed)
        false.update(span.kind for span in wrong)
        if missed or wrong:
            mistakes.append(f"{'mist' if missed else 'te veel':8}| {example.text} -> {masking.mask(example.text)}")
    return {kind: (there[kind], caught[kind], false[kind]) for kind in masking.KINDS if there[kind] or false[kind]}


def _uncovered(text: str, span: Span, covers: Sequence[Span]) -> bool:
    """Whether a letter or digit of the span is in none of the others."""
    return any(
        text[place].isalnum() and not any(cover.start <= place < cover.end for cover in covers)
        for place in range(span.start, span.end)
    )


def ordinary(name: str) -> list[str]:
    """Messages without personal data: the sentences on which understanding is measured."""
    texts = [example.text for example in corpus.situations(f"{name}_situaties.txt")]
    return [*texts, *(text for _, text in corpus.intents(f"{name}_intenties.txt"))]


def milliseconds(texts: Sequence[str]) -> list[float]:
    """Processor time of each, which other work on the machine does not change."""
    times = []
    for text in texts:
        begin = time.thread_time()
        masking.mask(text)
        times.append((time.thread_time() - begin) * 1000)
    return times


def compare_understanding(texts: Sequence[str]) -> list[str]:
    """The messages whose intent, role, barriers or sector differ after masking."""
    from benchmarks.understanding import parse
    from bot.training import ensure_model

    changed = [text for text in texts if masking.mask(text) != text]
    model = ensure_model()
    before, after = parse(model, changed), parse(model, [masking.mask(text) for text in changed])

    def labels(parsed: dict[str, object]) -> object:
        entities: list[dict[str, str]] = parsed["entities"]  # type: ignore[assignment]
        return parsed["intent"]["name"], {(e["entity"], e["value"]) for e in entities}  # type: ignore[index]

    return [
        f"{masking.mask(text)}: {labels(one)} -> {labels(two)}"
        for text, one, two in zip(changed, before, after, strict=True)
        if labels(one) != labels(two)
    ]


def main() -> None:
    name = next((a for a in sys.argv[1:] if not a.startswith("-")), "test")
    begin = time.thread_time()
    masking.load()
    start = time.thread_time() - begin
    mistakes: list[str] = []
    examples = sentences.read(name)
    report = measure(examples, mistakes)
    print(f"{len(examples)} zinnen ({name})\n")
    print("| soort | aantal | weg | deel | ten onrechte |\n| --- | --- | --- | --- | --- |")
    for kind, (there, caught, false) in report.items():
        print(f"| {kind} | {there} | {caught} | {caught / there if there else 0:.2f} | {false} |")
    total = [sum(column) for column in zip(*report.values(), strict=True)]
    print(f"| samen | {total[0]} | {total[1]} | {total[1] / total[0]:.2f} | {total[2]} |")
    texts = ordinary(name)
    changed = [text for text in texts if masking.mask(text) != text]
    times = milliseconds(texts)
    print(f"\nGewone zinnen zonder persoonsgegevens veranderd: {len(changed)} van {len(texts)}")
    print(
        f"Rekentijd per bericht: gemiddeld {statistics.mean(times):.2f} ms, mediaan {statistics.median(times):.2f} ms, "
        f"99e percentiel {statistics.quantiles(times, n=100)[98]:.2f} ms; laden {start:.2f} s"
    )
    if "--fouten" in sys.argv and name != "test":
        print("\n".join([*mistakes, *(f"gewoon  | {text} -> {masking.mask(text)}" for text in changed)]))
    if "--begrip" in sys.argv:
        for what, messages in (("gewone zinnen", texts), ("deze zinnen", [example.text for example in examples])):
            other = compare_understanding(messages)
            print(f"\nNa maskeren anders begrepen: {len(other)} van {len(messages)} {what}")
            print("\n".join(other))


if __name__ == "__main__":
    main()
