"""The worked examples as items, and the reviews that the documents are tried with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assessments.exports.item import Item
from tests.exports.items import item, review
from tests.factories import Json
from tests.servers import ROOT

FILES = {
    path.stem.partition("-")[2]: path
    for path in sorted(Path(ROOT, "assessments/examples").glob("*.json"))
}
MARKDOWN = """# Summary

I read the answers **twice**. The webhooks *are* settled, see
[the contract](https://example.org/contract), and `POST /events` is ~~not~~ idempotent.

### Deeper

- The team has shipped Go before
- Tail latency matters:
  1. p99 under 50 ms
  2. no cold starts

> Buy stability where it is paid for.

```
make deploy
```

| Path | Share |
|:-----|------:|
| read | 90 %  |

---

The end.
"""
OVERRULING = review(
    text=MARKDOWN,
    overrules="go",
    overrules_name="Go",
    reason="The team has run three services in Go,\nand knows what to do at night.",
)


def example(name: str, **overrides: Any) -> Item:
    file: Json = json.loads(FILES[name].read_text(encoding="utf-8"))
    return item(file, **overrides)
