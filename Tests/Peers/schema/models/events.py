"""Notifications, webhooks, the audit log and usage."""

from uuid import uuid4

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, ForeignKey, Index, Integer, String, Text, Uuid

from .base import Base, utcnow


class Notification(Base):
    __tablename__ = "notifications"

    id = Column(Uuid, primary_key=True, default=uuid4)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True, nullable=False)
    type = Column(String(50), index=True, nullable=False)
    title = Column(String(255), nullable=False)
    message = Column(Text, nullable=False)
    link = Column(String(500))
    action_label = Column(String(100))
    related_entity_type = Column(String(50))
    related_entity_id = Column(Uuid, index=True)
    read = Column(Boolean, index=True, nullable=False, default=False)
    read_at = Column(DateTime)
    priority = Column(String(20), nullable=False, default="normal")
    sent_via_websocket = Column(Boolean, nullable=False, default=False)
    sent_via_email = Column(Boolean, nullable=False, default=False)
    expires_at = Column(DateTime)
    created_at = Column(DateTime, index=True, nullable=False, default=utcnow)


class WebhookEvent(Base):
    __tablename__ = "webhook_events"

    id = Column(Uuid, primary_key=True, default=uuid4)
    source = Column(String(50), index=True, nullable=False)
    event_type = Column(String(100), index=True, nullable=False)
    external_id = Column(String(255), index=True, nullable=False)
    payload = Column(JSON, nullable=False)
    headers = Column(JSON, nullable=False, default=dict)
    processed = Column(Boolean, index=True, nullable=False, default=False)
    processed_at = Column(DateTime)
    processing_attempts = Column(Integer, nullable=False, default=0)
    processing_error = Column(Text)
    negotiation_id = Column(Uuid, ForeignKey("negotiations.id"), index=True)
    matched_entity_type = Column(String(50))
    matched_entity_id = Column(Uuid)
    ip_address = Column(String(45))
    user_agent = Column(String(500))
    received_at = Column(DateTime, index=True, nullable=False, default=utcnow)
    event_created_at = Column(DateTime)


class AuditLog(Base):
    __tablename__ = "audit_logs"

    id = Column(Integer, primary_key=True)
    organization_id = Column(Uuid, ForeignKey("organizations.id"), index=True, nullable=False)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True)
    action = Column(String(100), index=True, nullable=False)
    entity_type = Column(String(50), index=True)
    entity_id = Column(Uuid, index=True)
    changes = Column(JSON, nullable=False, default=dict)
    description = Column(Text)
    extra_data = Column(JSON, nullable=False, default=dict)
    ip_address = Column(String(45))
    user_agent = Column(String(500))
    request_id = Column(String(100), index=True)
    success = Column(Boolean, nullable=False, default=True)
    error_message = Column(Text)
    timestamp = Column(DateTime, index=True, nullable=False, default=utcnow)

    __table_args__ = (Index("ix_audit_logs_0", "organization_id", "action", "timestamp"),)


class UsageLog(Base):
    __tablename__ = "usage_logs"

    id = Column(Integer, primary_key=True)
    organization_id = Column(Uuid, ForeignKey("organizations.id"), index=True, nullable=False)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True)
    resource_type = Column(String(50), index=True, nullable=False)
    resource_name = Column(String(100))
    quantity = Column(Integer, nullable=False, default=1)
    unit = Column(String(20))
    cost_usd = Column(Float, nullable=False, default=0.0)
    currency = Column(String(10), nullable=False, default="USD")
    related_entity_type = Column(String(50))
    related_entity_id = Column(Uuid, index=True)
    extra_data = Column(JSON, nullable=False, default=dict)
    billing_period = Column(String(7), index=True, nullable=False)
    timestamp = Column(DateTime, index=True, nullable=False, default=utcnow)

    __table_args__ = (
        Index("ix_usage_logs_0", "organization_id", "billing_period"),
        Index("ix_usage_logs_1", "organization_id", "resource_type", "timestamp"),
    )
