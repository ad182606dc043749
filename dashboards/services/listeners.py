"""What an open page may hear, read from its session and its person's posts."""

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from accounts.enums import Right
from accounts.models import User
from dashboards.push import EVERYTHING, area_topic, department_topic, figures_topic
from grids.selectors import Scope
from grids.services import current_scope


def read_topics(*, session_key: str | None) -> frozenset[str] | None:
    """List the topics of a session's person; None where nobody is signed in any more."""
    user = _person(SessionStore(session_key)) if session_key else None
    return None if user is None else topics_for(scope=current_scope(user=user))


def topics_for(*, scope: Scope) -> frozenset[str]:
    """List what a scope may hear: orders it may view, and figures of its areas."""
    if scope.sees_everything:
        return frozenset({EVERYTHING})
    areas = scope.area_ids(Right.VIEW_ORDERS)
    departments = scope.departments.get(Right.VIEW_ORDERS, frozenset())
    return frozenset(
        {
            *map(area_topic, areas),
            *map(department_topic, departments),
            *map(figures_topic, areas | scope.area_ids(Right.VIEW_WALL)),
        }
    )


def _person(session: SessionBase) -> User | None:
    """Find who is signed in; an ended session, a closed account or a new password ends it."""
    if BACKEND_SESSION_KEY not in session:
        return None
    user = User.objects.filter(pk=session[SESSION_KEY], is_active=True).first()
    if user is None:
        return None
    kept = str(session.get(HASH_SESSION_KEY, ""))
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(kept, known) for known in hashes) else None
