"""Makes the mutants of a module, one change each, with the operators of mutmut and three more.

Run by the interpreter of the scanners' environment, which has mutmut and LibCST; imports nothing of
StackPick. mutmut by itself leaves out what stands at the level of the module and every function
with a decorator (docs/decisions/0034), which here are tables, patterns and what is cached.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, ParentNodeProvider
from mutmut.mutation.mutators import mutation_operators

# Not looked into: what only tools read, and what is settled when a function is defined.
LEFT_OUT = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
TYPE = m.Call(func=m.Name("TypeVar"))
LEFT_OUT_NODES = m.Assign(value=TYPE) | m.Call(func=m.Name("len") | m.Name("isinstance"))


def negated(node: cst.If) -> Iterator[cst.CSTNode]:
    """``if x`` becomes ``if not (x)``."""
    inside = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inside))


def returning_nothing(node: cst.Return) -> Iterator[cst.CSTNode]:
    """``return x`` becomes ``return None``."""
    if node.value is not None and not m.matches(node.value, m.Name("None")):
        yield node.with_changes(
            value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" ")
        )


def left_out(node: cst.Expr | cst.Raise) -> Iterator[cst.CSTNode]:
    """A statement that is made for what it does becomes ``pass``."""
    if not m.matches(node, m.Expr(m.SimpleString() | m.Yield() | m.Ellipsis())):
        yield cst.Pass()


OPERATORS = [
    *mutation_operators,
    (cst.If, negated),
    (cst.Return, returning_nothing),
    (cst.Expr, left_out),
    (cst.Raise, left_out),
]


def nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, LEFT_OUT) or m.matches(node, LEFT_OUT_NODES):
        return
    yield node
    for child in node.children:
        yield from nodes(child)


def place(wrapper: MetadataWrapper, node: cst.CSTNode) -> str:
    """The function or class around it, with dots between; empty at the level of the module."""
    parents, names = wrapper.resolve(ParentNodeProvider), []
    at: cst.CSTNode | None = node
    while at is not None:
        if isinstance(at, cst.FunctionDef | cst.ClassDef):
            names.append(at.name.value)
        at = parents.get(at)
    return ".".join(reversed(names))


def change(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, without their indentation."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    sides = ([line[2:].strip() for line in lines if line.startswith(sign)] for sign in ("- ", "+ "))
    gone, come = (" / ".join(side) for side in sides)
    return gone, come


def mutants(source: str) -> Iterator[dict[str, str]]:
    wrapper = MetadataWrapper(cst.parse_module(source))
    seen = {source}
    for node in nodes(wrapper.module):
        for kind, operator in OPERATORS:
            if not isinstance(node, kind):
                continue
            for new in operator(node):
                mutated = wrapper.module.deep_replace(node, new).code
                if mutated in seen or not _compiles(mutated):
                    continue
                seen.add(mutated)
                before, after = change(source, mutated)
                where = place(wrapper, node)
                yield {"in": where, "before": before, "after": after, "source": mutated}


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


if __name__ == "__main__":
    json.dump(list(mutants(Path(sys.argv[1]).read_text(encoding="utf-8"))), sys.stdout)
