"""What is stored: clients, their projects, assessments with their changes, and share links."""

from .assessment import AnticipatedChange, Assessment, StaleAnswers
from .client import Client, Project
from .sharing import ShareLink

__all__ = [
    "AnticipatedChange",
    "Assessment",
    "Client",
    "Project",
    "ShareLink",
    "StaleAnswers",
]
