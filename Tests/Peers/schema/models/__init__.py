"""The twenty shared tables as another service of the platform knows them.

These classes know the columns of the platform's contract and nothing of Parley's own: neither the tenant
column that some tables have besides, nor exact decimals, nor time zones.
"""

from .base import Base, utcnow
from .catalogue import AgentLog, ComparisonSet, MediaFile, Product, SearchJob, SearchTemplate, Vendor
from .events import AuditLog, Notification, UsageLog, WebhookEvent
from .negotiation import EmailTemplate, Negotiation, PurchaseOrder
from .organization import APIKey, Organization, OrganizationSettings, RefreshToken, User, UserPreferences
from .words import (
    EmailTemplateType,
    JobStatus,
    MediaType,
    NegotiationStatus,
    NotificationType,
    UserRole,
    WebhookSource,
)

__all__ = [
    "APIKey",
    "AgentLog",
    "AuditLog",
    "Base",
    "ComparisonSet",
    "EmailTemplate",
    "EmailTemplateType",
    "JobStatus",
    "MediaFile",
    "MediaType",
    "Negotiation",
    "NegotiationStatus",
    "Notification",
    "NotificationType",
    "Organization",
    "OrganizationSettings",
    "Product",
    "PurchaseOrder",
    "RefreshToken",
    "SearchJob",
    "SearchTemplate",
    "UsageLog",
    "User",
    "UserPreferences",
    "UserRole",
    "Vendor",
    "WebhookEvent",
    "WebhookSource",
    "utcnow",
]
