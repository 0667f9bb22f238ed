"""Search jobs, products, vendors and what people keep beside them."""

from uuid import uuid4

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import relationship

from .base import Base, utcnow
from .words import JobStatus


class SearchJob(Base):
    __tablename__ = "search_jobs"

    id = Column(Uuid, primary_key=True, default=uuid4)
    organization_id = Column(Uuid, ForeignKey("organizations.id"), index=True, nullable=False)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True, nullable=False)
    query_text = Column(Text, nullable=False)
    refined_query = Column(Text)
    filters = Column(JSON, nullable=False, default=dict)
    status = Column(String(50), index=True, nullable=False, default=JobStatus.PENDING)
    priority = Column(Integer, nullable=False, default=1)
    progress_percentage = Column(Integer, nullable=False, default=0)
    current_step = Column(String(100))
    products_found_count = Column(Integer, nullable=False, default=0)
    vendors_searched_count = Column(Integer, nullable=False, default=0)
    retry_count = Column(Integer, nullable=False, default=0)
    max_retries = Column(Integer, nullable=False, default=3)
    error_message = Column(Text)
    estimated_cost_usd = Column(Float, nullable=False, default=0.0)
    actual_cost_usd = Column(Float, nullable=False, default=0.0)
    estimated_completion_time = Column(DateTime)
    started_at = Column(DateTime, index=True)
    completed_at = Column(DateTime, index=True)
    created_at = Column(DateTime, index=True, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    agent_logs = relationship("AgentLog", back_populates="search_job", cascade="all, delete-orphan")
    products = relationship("Product", back_populates="search_job")


class AgentLog(Base):
    __tablename__ = "agent_logs"

    id = Column(Integer, primary_key=True)
    search_job_id = Column(Uuid, ForeignKey("search_jobs.id"), index=True, nullable=False)
    step_number = Column(Integer, nullable=False)
    agent_name = Column(String(100), nullable=False)
    action = Column(Text, nullable=False)
    log_level = Column(String(20), nullable=False, default="INFO")
    duration_ms = Column(Integer)
    metadata_log = Column(JSON, nullable=False, default=dict)
    timestamp = Column(DateTime, index=True, nullable=False, default=utcnow)

    search_job = relationship("SearchJob", back_populates="agent_logs")


class Vendor(Base):
    __tablename__ = "vendors"

    id = Column(Uuid, primary_key=True, default=uuid4)
    name = Column(String(255), nullable=False)
    slug = Column(String(100), unique=True, nullable=False)
    domain = Column(String(255), nullable=False)
    logo_url = Column(String(500))
    contact_email = Column(String(255))
    support_email = Column(String(255))
    procurement_email = Column(String(255))
    is_active = Column(Boolean, nullable=False, default=True)
    scraping_enabled = Column(Boolean, nullable=False, default=True)
    average_response_time_hours = Column(Integer)
    scraper_config = Column(JSON, nullable=False, default=dict)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    products = relationship("Product", back_populates="vendor")


class Product(Base):
    __tablename__ = "products"

    id = Column(Uuid, primary_key=True, default=uuid4)
    search_job_id = Column(Uuid, ForeignKey("search_jobs.id"), index=True, nullable=False)
    vendor_id = Column(Uuid, ForeignKey("vendors.id"), index=True)
    title = Column(String(500), nullable=False)
    sku = Column(String(100))
    url = Column(Text, nullable=False)
    price = Column(Float, index=True, nullable=False)
    currency = Column(String(10), nullable=False, default="USD")
    original_price = Column(Float)
    discount_percentage = Column(Float)
    price_history = Column(JSON, nullable=False, default=list)
    availability_status = Column(String(100), nullable=False)
    is_available = Column(Boolean, index=True, nullable=False, default=True)
    stock_quantity = Column(Integer)
    brand = Column(String(100), index=True)
    category = Column(String(100))
    rating = Column(Float)
    review_count = Column(Integer)
    specs = Column(JSON, nullable=False, default=dict)
    confidence_score = Column(Float)
    raw_extraction_data = Column(JSON, nullable=False, default=dict)
    screenshot_url = Column(String(500))
    vector_id = Column(String(100), unique=True)
    embedding_model = Column(String(100))
    last_scraped_at = Column(DateTime, nullable=False, default=utcnow)
    scrape_attempt_count = Column(Integer, nullable=False, default=1)
    created_at = Column(DateTime, index=True, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)

    search_job = relationship("SearchJob", back_populates="products")
    vendor = relationship("Vendor", back_populates="products")


class MediaFile(Base):
    __tablename__ = "media_files"

    id = Column(Uuid, primary_key=True, default=uuid4)
    file_type = Column(String(50), index=True, nullable=False)
    original_filename = Column(String(255), nullable=False)
    storage_path = Column(Text, nullable=False)
    public_url = Column(Text)
    content_type = Column(String(100), nullable=False)
    size_bytes = Column(Integer, nullable=False)
    checksum = Column(String(64))
    related_entity_type = Column(String(50))
    related_entity_id = Column(Uuid, index=True)
    uploaded_by = Column(Uuid, ForeignKey("users.id"), nullable=False)
    expires_at = Column(DateTime)
    created_at = Column(DateTime, index=True, nullable=False, default=utcnow)


class SearchTemplate(Base):
    __tablename__ = "search_templates"

    id = Column(Uuid, primary_key=True, default=uuid4)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True, nullable=False)
    name = Column(String(255), nullable=False)
    description = Column(Text)
    query_template = Column(Text, nullable=False)
    default_filters = Column(JSON, nullable=False, default=dict)
    template_variables = Column(JSON, nullable=False, default=list)
    is_public = Column(Boolean, nullable=False, default=False)
    is_favorite = Column(Boolean, nullable=False, default=False)
    usage_count = Column(Integer, nullable=False, default=0)
    last_used_at = Column(DateTime)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)


class ComparisonSet(Base):
    __tablename__ = "comparison_sets"

    id = Column(Uuid, primary_key=True, default=uuid4)
    user_id = Column(Uuid, ForeignKey("users.id"), index=True, nullable=False)
    name = Column(String(255), nullable=False)
    description = Column(Text)
    product_ids = Column(JSON, nullable=False, default=list)
    criteria = Column(JSON, nullable=False, default=dict)
    winner_product_id = Column(Uuid)
    decision_notes = Column(Text)
    decided_at = Column(DateTime)
    is_shared = Column(Boolean, nullable=False, default=False)
    share_token = Column(String(100), unique=True)
    notes = Column(Text)
    created_at = Column(DateTime, nullable=False, default=utcnow)
    updated_at = Column(DateTime, nullable=False, default=utcnow, onupdate=utcnow)
