"""Markdown, both ways: plain text that can never act as it, and a consultant's as safe HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from .plain import one_line

DEEPEST = 6

# Everywhere: what opens or closes markup, in CommonMark and in what is commonly built on it
# (tables, maths, templates of site generators, mentions).
_MARKS = re.compile(r"[\\`*_\[\]{}<>#|~&@$]")
# At the start of a line: lists, rules, underlines of headings, definitions, admonitions.
_STARTS = re.compile(r"\A(?:[-+=:!?%]|\d+(?=[.)](?:\s|\Z)))")
# What some readers make links of by themselves: addresses, hosts.
_LINKS = re.compile(r":(?=//)|(?<=mailto):|(?<=xmpp):|(?<=\w)\.(?=[^\W\d_])", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_ALIGNED = {"text-align:left": "text-start", "text-align:center": "text-center"}


def escaped(text: str) -> str:
    """The text on one line of Markdown that reads as the text and as nothing else."""
    marked = _MARKS.sub(r"\\\g<0>", one_line(text))
    return _STARTS.sub(_escaped_start, _LINKS.sub(r"\\\g<0>", marked))


def address(url: str) -> str:
    """An address as a link that shows itself; one that Markdown cannot take so, as text."""
    return f"<{url}>" if _PLAIN_URL.fullmatch(url) else escaped(url)


def _escaped_start(found: re.Match[str]) -> str:
    """A number at the start keeps its digits: it is the sign after them that makes a list."""
    start = found[0]
    return f"{start}\\" if start[0].isdigit() else f"\\{start}"


def to_html(text: str, top: int = 3) -> Markup:
    """A consultant's Markdown as HTML that may stand in a page as it is.

    CommonMark with tables and struck-out text. HTML in it is shown as text, of an image only what
    it is said to show, and links lead to the web or to a mailbox, or stay text.

    Args:
        text: the Markdown.
        top: the level, 1 to 6, that its highest heading gets; the others follow, down to h6.
    """
    parser = _parser()
    html = parser.renderer.render(to_tokens(text, top), parser.options, {})
    # The parser lets no HTML through, and _prepare nothing that leads elsewhere than to the web.
    return Markup(html)  # noqa: S704  # nosemgrep: marked-safe


def to_tokens(text: str, top: int = 3) -> list[Token]:
    """The same as the parser's tokens, for formats that are not HTML."""
    tokens = _parser().parse(text)
    shift = top - highest_heading(tokens, top)
    for token in tokens:
        _prepare(token, shift)
    return tokens


class _WebLinksOnly(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802, RUF100 -- the parser's own name
        return _WEB.match(url) is not None


@cache
def _parser() -> MarkdownIt:
    return _WebLinksOnly("commonmark", {"html": False}).enable(["table", "strikethrough"])


def level_of(heading: Token) -> int:
    """1 for ``h1`` and so on."""
    return int(heading.tag[1:])


def highest_heading(tokens: Sequence[Token], default: int) -> int:
    """The level of the highest heading, wherever it stands."""
    levels = [level_of(token) for token in tokens if token.type == "heading_open"]
    return min(levels, default=default)


def _prepare(token: Token, shift: int) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(DEEPEST, level_of(token) + shift)}"
    # inline styles are against the pages' policy
    style = token.attrs.pop("style", None)
    if style:
        token.attrSet("class", _ALIGNED.get(str(style), "text-end"))
    token.children = [_prepared(child) for child in token.children or ()]


def _prepared(child: Token) -> Token:
    if child.type == "link_open":
        child.attrSet("rel", "nofollow noopener noreferrer")
        if not _WEB.match(str(child.attrs["href"])):
            # ``[x]()``, which the parser does not ask about: an anchor that leads nowhere
            del child.attrs["href"]
    if child.type == "image":
        # the policy forbids other hosts, and there are no pictures on ours
        return Token("text", "", 0, content=_alternative(child.children or ()))
    return child


def _alternative(tokens: Sequence[Token]) -> str:
    """What is said in place of an image, without its markup."""
    return "".join(
        _alternative(token.children) if token.children else token.content or _blank(token)
        for token in tokens
    )


def _blank(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else ""
