"""Can somebody tell two kinds of answer apart by their times? A classifier learns on one half of the
pairs and is judged on the other, so what it finds in noise does not count.
"""
import math

TICK = 0.05  # generic answers leave on this grid of the monotonic clock, which a neighbour can read too
PHASES, LENGTHS = 5, 12


def edges(times):
    ordered = sorted(times)
    return [ordered[len(ordered) * i // LENGTHS] for i in range(1, LENGTHS)]


def cell(sample, cuts):
    """Where in the tick it was sent, and how long it took."""
    sent, seconds = sample
    phase = int((sent % TICK) / TICK * PHASES)
    return phase * LENGTHS + sum(seconds > cut for cut in cuts)


def learn(first, second):
    """Log-likelihood ratio of each cell, with one imagined sample in each."""
    cuts = edges([seconds for _, seconds in first + second])
    counts = [[1] * (PHASES * LENGTHS) for _ in range(2)]
    for kind, samples in enumerate((first, second)):
        for sample in samples:
            counts[kind][cell(sample, cuts)] += 1
    ratios = [math.log(a / b) for a, b in zip(*counts)]
    return lambda sample: ratios[cell(sample, cuts)]


def area(scores_first, scores_second):
    """Mann and Whitney's U over its largest value: 0.5 is guessing. Equal scores count half."""
    ranked = sorted(
        [(score, 0) for score in scores_first] + [(score, 1) for score in scores_second]
    )
    total, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        rank = (at + 1 + end) / 2
        total += rank * sum(kind == 0 for _, kind in ranked[at:end])
        at = end
    n, m = len(scores_first), len(scores_second)
    return (total - n * (n + 1) / 2) / (n * m)


def judge(first, second):
    """(area, the most that guessing may reach): lists of (sent, seconds), pair by pair."""
    half = len(first) // 2
    score = learn(first[:half], second[:half])
    n, m = len(first) - half, len(second) - half
    error = math.sqrt((n + m + 1) / (12 * n * m))
    return (
        area([score(s) for s in first[half:]], [score(s) for s in second[half:]]),
        0.5 + 4 * error,
    )
