"""Values for every column of every model, within what the columns take."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, String, Uuid

from models import (
    EmailTemplate,
    MediaFile,
    MediaType,
    Negotiation,
    Notification,
    NotificationType,
    PurchaseOrder,
    SearchJob,
    User,
    WebhookEvent,
    WebhookSource,
    utcnow,
)
from models.words import EmailTemplateType, JobStatus, UserRole

# Columns whose words are not free, or that a draft leaves empty.
SPECIAL = {
    (SearchJob, "status"): JobStatus.RUNNING,
    (User, "role"): UserRole.VIEWER,
    (MediaFile, "file_type"): MediaType.EXPORT_CSV,
    (Notification, "type"): NotificationType.SYSTEM_ALERT,
    (Notification, "priority"): "high",
    (WebhookEvent, "source"): WebhookSource.SENDGRID,
    (EmailTemplate, "template_type"): EmailTemplateType.FOLLOW_UP,
    (Negotiation, "status"): "draft",
    (Negotiation, "final_price"): None,
    (Negotiation, "approved_at"): None,
    (Negotiation, "approved_by"): None,
    (PurchaseOrder, "approved_by_user"): False,
    (PurchaseOrder, "approved_at"): None,
    (PurchaseOrder, "approved_by"): None,
    (PurchaseOrder, "is_sent_to_vendor"): False,
    (PurchaseOrder, "sent_at"): None,
}


def is_required(column):
    return (
        not column.nullable
        and column.default is None
        and not (column.primary_key and isinstance(column.type, Integer))
    )


def value(model, column, ground):
    """A fresh value; references lead to the ground."""
    if (model, column.name) in SPECIAL:
        return SPECIAL[model, column.name]
    if column.name == "organization_id":
        return ground["organizations"]
    for reference in column.foreign_keys:
        return ground[reference.column.table.name]
    kind = column.type
    if isinstance(kind, Uuid):
        return uuid4()
    if isinstance(kind, JSON):
        return {"zwölf": [12, None, {"deep": "✓"}]}
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 7
    if isinstance(kind, Float):
        return 12.3456
    if isinstance(kind, DateTime):
        return utcnow() + timedelta(hours=1)
    if isinstance(kind, String):
        return ("ü" + uuid4().hex)[: kind.length or 33]
    raise AssertionError(f"no value for {column}")


def required(model, ground):
    """An instance with nothing but what must be given."""
    return model(**{c.name: value(model, c, ground) for c in model.__table__.columns if is_required(c)})


def complete(model, ground):
    """An instance with every column given, but a number that the database hands out."""
    return model(
        **{
            c.name: value(model, c, ground)
            for c in model.__table__.columns
            if not (c.primary_key and isinstance(c.type, Integer))
        }
    )
