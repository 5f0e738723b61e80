"""Single variables of the environment: a flag, a number, a list of words."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError, validate

env = Env()


class WrongSetting(ImproperlyConfigured):
    """A setting that cannot be used.

    Its text is the whole message for the operator, one sentence: the variable, its value (never a
    secret) and what is wrong with it.
    """


def read(parse: Callable[..., Any], name: str, default: Any, **options: Any) -> Any:
    raw = os.environ.get(name, "")
    if not raw.strip():
        return default
    try:
        return parse(name, **options)
    except EnvValidationError as error:
        raise WrongSetting(f"{name} is {raw!r}: {_first(error.error_messages)}.") from None


def _first(messages: Any) -> str:
    """The first sentence of environs' messages, which are a list, or a mapping of lists."""
    if isinstance(messages, dict):
        return _first(next(iter(messages.values())))
    return str(messages[0]).rstrip(".")


def flag(name: str, default: bool = False) -> bool:
    reason = "write true or false (1 and 0, yes and no, on and off do as well)"
    return bool(read(env.bool, name, default, error_messages={"invalid": reason}))


def number(name: str, default: int, lowest: int, highest: int) -> int:
    reason = f"write a whole number from {lowest} to {highest}"
    inside = validate.Range(min=lowest, max=highest, error=reason)
    return int(read(env.int, name, default, validate=inside, error_messages={"invalid": reason}))


def words(name: str, check: Callable[[str], None]) -> list[str]:
    """A list separated by commas; blanks around and between its words do not count."""
    words = [word.strip() for word in read(env.list, name, [])]
    words = [word for word in words if word]
    for word in words:
        try:
            check(word)
        except ValidationError as error:
            raise WrongSetting(f"{name} has {word!r} in it: {error.messages[0]}.") from None
    return words


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    def check(value: str) -> None:
        if value.strip().lower() not in choices:
            raise ValidationError(f"choose one of {', '.join(choices)}")

    return str(read(env.str, name, default, validate=check)).strip().lower()
