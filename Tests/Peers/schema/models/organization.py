"""Organizations, their people and keys, as another service of the platform maps them."""

from uuid import uuid4

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import relationship

from .base import Base, utcnow
from .words import UserRole


class Organization(Base):
    __tablename__ = "organizations"

    id = Column(Uuid, primary_key=True, default=uuid4)
    name = Column(String(255), nullable=False)
    slug = Column(String(100), unique=True, nullable=False)
    contact_email = Column(String(255))
    billing_email = Column(String(255))
    is_active = Column(Boolean, nullable=False, default=True)
    subscription_tier = Column(String(50), nullable=False, default="free")
    trial_ends_at = Column(DateTime)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    users = relationship("User", back_populates="organization")


class OrganizationSettings(Base):
    __tablename__ = "organization_settings"

    id = Column(Uuid, primary_key=True, default=uuid4)
    organization_id = Column(Uuid, unique=True, nullable=False)
    openai_api_key_encrypted = Column(Text)
    pinecone_api_key_encrypted = Column(Text)
    pinecone_environment = Column(String(100))
    pinecone_index_name = Column(String(100))
    gmail_oauth_token_encrypted = Column(Text)
    sendgrid_api_key_encrypted = Column(Text)
    max_searches_per_month = Column(Integer, nullable=False, default=100)
    max_products_per_search = Column(Integer, nullable=False, default=50)
    max_concurrent_jobs = Column(Integer, nullable=False, default=3)
    monthly_budget_usd = Column(Float, nullable=False, default=100.0)
    current_searches_this_month = Column(Integer, nullable=False, default=0)
    current_spend_this_month = Column(Float, nullable=False, default=0.0)
    usage_reset_date = Column(DateTime, nullable=False, default=utcnow)
    default_scraping_timeout = Column(Integer, nullable=False, default=30)
    max_retries = Column(Integer, nullable=False, default=3)
    enable_auto_negotiation = Column(Boolean, nullable=False, default=False)
    enable_price_alerts = Column(Boolean, nullable=False, default=True)
    allowed_vendors = Column(JSON, nullable=False, default=list)
    blocked_vendors = Column(JSON, nullable=False, default=list)
    preferences = Column(JSON, nullable=False, default=dict)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)


class User(Base):
    __tablename__ = "users"

    id = Column(Uuid, primary_key=True, default=uuid4)
    organization_id = Column(Uuid, ForeignKey("organizations.id"), index=True, nullable=False)
    email = Column(String(255), unique=True, nullable=False)
    hashed_password = Column(String(255), nullable=False)
    email_verified = Column(Boolean, nullable=False, default=False)
    full_name = Column(String(255), nullable=False)
    avatar_url = Column(String(500))
    phone = Column(String(20))
    role = Column(String(50), nullable=False, default=UserRole.MEMBER)
    is_active = Column(Boolean, nullable=False, default=True)
    is_locked = Column(Boolean, nullable=False, default=False)
    locked_until = Column(DateTime)
    failed_login_attempts = Column(Integer, nullable=False, default=0)
    last_login_at = Column(DateTime)
    last_login_ip = Column(String(45))
    password_changed_at = Column(DateTime, nullable=False, default=utcnow)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    organization = relationship("Organization", back_populates="users")
    preferences = relationship(
        "UserPreferences", back_populates="user", uselist=False, cascade="all, delete-orphan"
    )


class RefreshToken(Base):
    __tablename__ = "refresh_tokens"

    id = Column(Uuid, primary_key=True, default=uuid4)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True, nullable=False)
    token = Column(String(500), unique=True, nullable=False)
    expires_at = Column(DateTime, index=True, nullable=False)
    revoked = Column(Boolean, nullable=False, default=False)
    revoked_at = Column(DateTime)
    device_info = Column(JSON, nullable=False, default=dict)
    created_at = Column(DateTime, nullable=False, default=utcnow)


class APIKey(Base):
    __tablename__ = "api_keys"

    id = Column(Uuid, primary_key=True, default=uuid4)
    organization_id = Column(Uuid, ForeignKey("organizations.id"), index=True, nullable=False)
    created_by_user_id = Column(Uuid, ForeignKey("users.id"), nullable=False)
    name = Column(String(100), nullable=False)
    key_prefix = Column(String(20), index=True, nullable=False)
    key_hash = Column(String(255), unique=True, nullable=False)
    scopes = Column(JSON, nullable=False, default=list)
    is_active = Column(Boolean, nullable=False, default=True)
    rate_limit_per_minute = Column(Integer, nullable=False, default=60)
    last_used_at = Column(DateTime)
    usage_count = Column(Integer, nullable=False, default=0)
    expires_at = Column(DateTime)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)


class UserPreferences(Base):
    __tablename__ = "user_preferences"

    user_id = Column(Uuid, ForeignKey("users.id"), primary_key=True)
    email_notifications_enabled = Column(Boolean, nullable=False, default=True)
    websocket_notifications_enabled = Column(Boolean, nullable=False, default=True)
    notify_on_job_complete = Column(Boolean, nullable=False, default=True)
    notify_on_negotiation_reply = Column(Boolean, nullable=False, default=True)
    notify_on_price_drop = Column(Boolean, nullable=False, default=True)
    theme = Column(String(20), nullable=False, default="dark")
    language = Column(String(10), nullable=False, default="en")
    timezone = Column(String(50), nullable=False, default="UTC")
    default_currency = Column(String(10), nullable=False, default="USD")
    preferred_vendors = Column(JSON, nullable=False, default=list)
    default_max_price = Column(Float)
    default_quantity = Column(Integer, nullable=False, default=1)
    dashboard_layout = Column(JSON, nullable=False, default=dict)
    share_analytics = Column(Boolean, nullable=False, default=True)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    user = relationship("User", back_populates="preferences")
