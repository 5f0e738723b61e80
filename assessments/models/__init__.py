"""What is stored: clients, their projects, assessments, and what consultants add to them."""

from .assessment import Assessment, State
from .change import AnticipatedChange
from .client import Client, Project
from .intake import PendingImport
from .invite import Invite, NotTaken
from .pair import Pair, StaleSettlement
from .review import Milestone, Note, Review, StaleReview
from .saving import StaleAnswers
from .search import SearchText
from .sharing import ShareLink

__all__ = [
    "AnticipatedChange",
    "Assessment",
    "Client",
    "Invite",
    "Milestone",
    "NotTaken",
    "Note",
    "Pair",
    "PendingImport",
    "Project",
    "Review",
    "SearchText",
    "ShareLink",
    "StaleAnswers",
    "StaleReview",
    "StaleSettlement",
    "State",
]
