"""What people are called on the pages of the desk."""

from __future__ import annotations

from django import template

from ..naming import person_name

register = template.Library()
register.filter("person", person_name)
