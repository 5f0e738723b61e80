"""A consultant's Markdown as plain data, for templates that know nothing of Markdown.

A block is ``{"kind": ..., ...}``: ``paragraph``, ``heading`` (``level``) and ``cell`` (``align``)
hold ``runs``; ``list`` (``ordered``, ``start``) and ``quote``, ``item``, ``table``, ``row`` hold
``blocks``; ``code`` a ``text``; ``rule`` nothing. A run is a ``text``, ``code`` or ``break`` with
its ``text``, or ``strong``, ``emphasis``, ``struck`` or ``link`` (``address``) with ``runs``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from markdown_it.token import Token

from .markdown import level_of, to_tokens

Node = dict[str, Any]

_BLOCKS = {
    "bullet_list": "list",
    "ordered_list": "list",
    "list_item": "item",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
}
_RUNS = {"strong": "strong", "em": "emphasis", "s": "struck", "link": "link"}
_LEAVES = {"paragraph": "paragraph", "heading": "heading", "th": "cell", "td": "cell"}
LONGEST_ADDRESS = 2_000  # Typst takes no longer ones than 8,000 bytes


def to_tree(text: str, top: int = 3) -> list[Node]:
    """The blocks of a text; its highest heading gets the level ``top``, and none is left out."""
    root: Node = {"blocks": []}
    open_nodes = [root]
    for token in to_tokens(text, top):
        _take(token, open_nodes)
    _close_gaps(root["blocks"], top - 1)
    return list(root["blocks"])


def _take(token: Token, open_nodes: list[Node]) -> None:
    """One token of the stream: opens a node, closes one, or fills the last."""
    name = token.type.removesuffix("_open")
    if token.nesting == 1 and name in _LEAVES | _BLOCKS:
        node = _block(name, token)
        open_nodes[-1]["blocks"].append(node)
        open_nodes.append(node)
    elif token.nesting == -1 and token.type.removesuffix("_close") in _LEAVES | _BLOCKS:
        open_nodes.pop()
    elif token.type == "inline":
        open_nodes[-1]["runs"] = _runs(token.children or ())
    elif token.type in ("fence", "code_block"):
        open_nodes[-1]["blocks"].append({"kind": "code", "text": token.content.rstrip("\n")})
    elif token.type == "html_block":  # switched off, and shown as text if it ever comes
        open_nodes[-1]["blocks"].append({"kind": "code", "text": token.content})
    elif token.type == "hr":
        open_nodes[-1]["blocks"].append({"kind": "rule"})


def _block(name: str, token: Token) -> Node:
    if name in _BLOCKS:
        node: Node = {"kind": _BLOCKS[name], "blocks": []}
        if node["kind"] == "list":
            node |= {"ordered": name == "ordered_list", "start": int(token.attrs.get("start", 1))}
        return node
    node = {"kind": _LEAVES[name], "runs": []}
    if name == "heading":
        node["level"] = level_of(token)
    if node["kind"] == "cell":
        aligned = str(token.attrs.get("class", "")).removeprefix("text-")
        node |= {"head": name == "th", "align": aligned or "start"}
    return node


def _runs(tokens: Iterable[Token]) -> list[Node]:
    root: Node = {"runs": []}
    open_nodes = [root]
    for token in tokens:
        name = token.type.removesuffix("_open")
        if token.nesting == 1:
            node = {"kind": _RUNS[name], "runs": [], **_address(token)}
            open_nodes[-1]["runs"].append(node)
            open_nodes.append(node)
        elif token.nesting == -1:
            open_nodes.pop()
        else:
            open_nodes[-1]["runs"].append(_run(token))
    return list(root["runs"])


def _run(token: Token) -> Node:
    if token.type == "softbreak":
        return {"kind": "text", "text": " "}
    if token.type == "hardbreak":
        return {"kind": "break"}
    return {"kind": "code" if token.type == "code_inline" else "text", "text": token.content}


def _address(token: Token) -> dict[str, str]:
    """Where a link leads; empty where it leads nowhere, or further than a document can say."""
    if token.type != "link_open":
        return {}
    address = str(token.attrs.get("href", ""))
    return {"address": address if len(address) <= LONGEST_ADDRESS else ""}


def _close_gaps(blocks: Iterable[Node], level: int) -> int:
    """No heading is more than one level below the one before it, or empty: PDF/UA forbids both."""
    for block in blocks:
        if block["kind"] == "heading" and not _can_be_seen(block["runs"]):
            block["kind"] = "paragraph"
        if block["kind"] == "heading":
            level = block["level"] = min(block["level"], level + 1)
        level = _close_gaps(block.get("blocks", ()), level)
    return level


def _can_be_seen(runs: Iterable[Node]) -> bool:
    """Whether there is a letter or a sign in it, and not only blanks and what joins letters."""
    return any(
        any(unicodedata.category(character)[0] in "LNPS" for character in run.get("text", ""))
        or _can_be_seen(run.get("runs", ()))
        for run in runs
    )
