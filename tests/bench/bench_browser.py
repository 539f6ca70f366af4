"""How long a browser takes to verify one label, in Chromium with the scripts of `/verify`.

`python tests/bench/bench_browser.py` prints one JSON object; the goal, at most 5 ms a token, stands in
docs/benchmarks.md.
"""

import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance import VECTORS
from tests.pages.chromium import blank_page

ROUNDS = 200
MEASURE = """async ([label, listed, rounds]) => {
  const { verify } = await import('/static/verifier/verify.js')
  const { answerFor } = await import('/static/verifier/answer.js')
  const times = async (work) => {
    const found = []
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      await work()
      found.push(performance.now() - start)
    }
    return found
  }
  const bundle = { keys: listed.keys, origin: listed.origin, status: listed.status }
  return {
    token: await times(() => verify(label.token, label.keys, { at: new Date(label.at) })),
    token_and_list: await times(() => answerFor(listed.text, { bundle, at: new Date(listed.at) }))
  }
}"""


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the medians in milliseconds."""
    label, listed = (
        json.loads((VECTORS / folder / "good" / f"{name}.json").read_bytes())
        for folder, name in (("labels", "plain"), ("status", "in_force"))
    )
    with blank_page() as page:
        found = page.evaluate(MEASURE, [label, listed, rounds])
    return {f"{name}_ms_median": round(statistics.median(times), 2) for name, times in found.items()} | {
        "rounds": rounds
    }


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201  # the result
