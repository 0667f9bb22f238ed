"""What all model classes share."""

from datetime import datetime, timezone

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


def utcnow():
    """Now, naive, in UTC: what these services write everywhere."""
    return datetime.now(timezone.utc).replace(tzinfo=None)
