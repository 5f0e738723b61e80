"""What is stored: clients, their projects, assessments, and what consultants add to them."""

from .assessment import Assessment, State
from .bucket import Bucket
from .change import AnticipatedChange
from .client import Client, Project
from .intake import PendingImport
from .invite import Invite, NotTaken
from .pair import Pair, StaleSettlement
from .reminder import CodeIsOver, Reminder
from .review import Milestone, Note, Review, StaleReview
from .saving import StaleAnswers
from .search import SearchText
from .sharing import ShareLink, Shows
from .suggestion_count import SuggestionCount
from .unnaming import NoUnnamedReport

__all__ = [
    "AnticipatedChange",
    "Assessment",
    "Bucket",
    "Client",
    "CodeIsOver",
    "Invite",
    "Milestone",
    "NoUnnamedReport",
    "NotTaken",
    "Note",
    "Pair",
    "PendingImport",
    "Project",
    "Reminder",
    "Review",
    "SearchText",
    "ShareLink",
    "Shows",
    "StaleAnswers",
    "StaleReview",
    "StaleSettlement",
    "State",
    "SuggestionCount",
]
