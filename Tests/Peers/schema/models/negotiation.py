"""Negotiations, purchase orders and email templates."""

from uuid import uuid4

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import relationship

from .base import Base, utcnow
from .words import NegotiationStatus


class Negotiation(Base):
    __tablename__ = "negotiations"

    id = Column(Uuid, primary_key=True, default=uuid4)
    product_id = Column(Uuid, ForeignKey("products.id"), index=True, nullable=False)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True, nullable=False)
    created_by = Column(Uuid, ForeignKey("users.id"), nullable=False)
    status = Column(String(50), index=True, nullable=False, default=NegotiationStatus.DRAFT)
    original_price = Column(Float, nullable=False)
    target_price = Column(Float, nullable=False)
    current_offer_price = Column(Float)
    final_price = Column(Float)
    discount_percentage = Column(Float)
    quantity = Column(Integer, nullable=False, default=1)
    payment_terms = Column(String(100))
    delivery_timeline_days = Column(Integer)
    email_thread_id = Column(String(255), index=True)
    email_subject = Column(String(500))
    email_sent_count = Column(Integer, nullable=False, default=0)
    last_email_content = Column(JSON)
    vendor_contact_email = Column(String(255))
    vendor_contact_name = Column(String(255))
    last_vendor_response_at = Column(DateTime)
    auto_follow_up_enabled = Column(Boolean, nullable=False, default=True)
    next_follow_up_at = Column(DateTime)
    max_follow_ups = Column(Integer, nullable=False, default=3)
    requires_approval = Column(Boolean, nullable=False, default=True)
    approved_at = Column(DateTime)
    approved_by = Column(Uuid, ForeignKey("users.id"))
    notes = Column(Text)
    ai_strategy = Column(JSON, nullable=False, default=dict)
    created_at = Column(DateTime, index=True, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)
    expires_at = Column(DateTime)

    product = relationship("Product")
    user = relationship("User", foreign_keys=[user_id])
    purchase_orders = relationship("PurchaseOrder", back_populates="negotiation")


class PurchaseOrder(Base):
    __tablename__ = "purchase_orders"

    id = Column(Uuid, primary_key=True, default=uuid4)
    negotiation_id = Column(Uuid, ForeignKey("negotiations.id"), index=True, nullable=False)
    po_number = Column(String(100), unique=True, nullable=False)
    quantity = Column(Integer, nullable=False)
    unit_price = Column(Float, nullable=False)
    subtotal = Column(Float, nullable=False)
    tax_amount = Column(Float, nullable=False, default=0.0)
    shipping_cost = Column(Float, nullable=False, default=0.0)
    total_amount = Column(Float, nullable=False)
    payment_terms = Column(String(100))
    delivery_address = Column(JSON)
    expected_delivery_date = Column(DateTime)
    approved_by_user = Column(Boolean, nullable=False, default=False)
    approved_at = Column(DateTime)
    approved_by = Column(Uuid, ForeignKey("users.id"))
    generated_pdf_url = Column(String(500))
    signed_pdf_url = Column(String(500))
    is_sent_to_vendor = Column(Boolean, nullable=False, default=False)
    sent_at = Column(DateTime)
    notes = Column(Text)
    po_metadata = Column(JSON, nullable=False, default=dict)
    created_at = Column(DateTime, index=True, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    negotiation = relationship("Negotiation", back_populates="purchase_orders")


class EmailTemplate(Base):
    __tablename__ = "email_templates"

    id = Column(Uuid, primary_key=True, default=uuid4)
    organization_id = Column(Uuid, ForeignKey("organizations.id"), index=True, nullable=False)
    name = Column(String(255), nullable=False)
    template_type = Column(String(50), index=True, nullable=False)
    subject_template = Column(String(500), nullable=False)
    body_template = Column(Text, nullable=False)
    available_variables = Column(JSON, nullable=False, default=list)
    is_default = Column(Boolean, nullable=False, default=False)
    is_active = Column(Boolean, nullable=False, default=True)
    tone = Column(String(50))
    usage_count = Column(Integer, nullable=False, default=0)
    success_rate = Column(Float)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)
