"""Rows of all twenty tables go in, come back, change and go, by classes that know nothing of Parley."""

from datetime import datetime, timezone

from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import DateTime, Float, delete, select, update
from sqlalchemy.orm import Session

from conftest import engine_for
from models import (
    APIKey,
    AgentLog,
    AuditLog,
    ComparisonSet,
    EmailTemplate,
    MediaFile,
    Negotiation,
    Notification,
    Organization,
    OrganizationSettings,
    Product,
    PurchaseOrder,
    RefreshToken,
    SearchJob,
    SearchTemplate,
    UsageLog,
    User,
    UserPreferences,
    Vendor,
    WebhookEvent,
)
from samples import complete, required, value

# Tables that a service writes as it likes.
FREE = [
    SearchJob,
    AgentLog,
    Vendor,
    Product,
    MediaFile,
    Notification,
    SearchTemplate,
    ComparisonSet,
    UserPreferences,
    EmailTemplate,
    UsageLog,
    WebhookEvent,
    RefreshToken,
]
# What a service may edit in the others.
EDITS = {
    Negotiation: [
        "product_id",
        "user_id",
        "original_price",
        "target_price",
        "quantity",
        "payment_terms",
        "delivery_timeline_days",
        "email_subject",
        "vendor_contact_email",
        "vendor_contact_name",
        "notes",
        "ai_strategy",
        "expires_at",
        "auto_follow_up_enabled",
        "next_follow_up_at",
        "max_follow_ups",
        "updated_at",
    ],
    PurchaseOrder: [
        "po_number",
        "quantity",
        "unit_price",
        "subtotal",
        "tax_amount",
        "shipping_cost",
        "total_amount",
        "payment_terms",
        "delivery_address",
        "expected_delivery_date",
        "generated_pdf_url",
        "signed_pdf_url",
        "notes",
        "po_metadata",
        "updated_at",
    ],
    User: ["full_name", "avatar_url", "phone", "last_login_at", "last_login_ip", "updated_at"],
}
READ_ONLY = [Organization, OrganizationSettings, APIKey]
name = lambda model: model.__name__  # noqa: E731


def key(model):
    return model.__table__.primary_key.columns.values()[0]


def same(column, written, read):
    """Equal as the service sees it: times are UTC, money keeps four places."""
    if isinstance(column.type, DateTime) and isinstance(read, datetime):
        read = read.astimezone(timezone.utc).replace(tzinfo=None)
    if isinstance(column.type, Float) and read is not None:
        assert isinstance(read, float), column
        return abs(written - read) < 0.00005
    return written == read


def assert_reads_back(session, model, identity, written):
    found = session.scalars(
        select(model).where(key(model) == identity).execution_options(populate_existing=True)
    ).one()
    for column in model.__table__.columns:
        if column.name in written:
            assert same(column, written[column.name], getattr(found, column.name)), column


def written_values(row):
    """What the instance holds once the insert has filled in the models' own defaults."""
    return {
        column.name: row.__dict__[column.name]
        for column in row.__table__.columns
        if column.name in row.__dict__
    }


def round_trip(session, model, row, edits, ground, deletes=True):
    session.add(row)
    session.flush()
    identity, written = getattr(row, key(model).name), written_values(row)
    session.commit()
    assert_reads_back(session, model, identity, written)

    changes = {each: value(model, model.__table__.columns[each], ground) for each in edits}
    found = session.get(model, identity)
    for attribute, changed in changes.items():
        setattr(found, attribute, changed)
    session.commit()
    assert_reads_back(session, model, identity, changes)

    if deletes:
        session.delete(session.get(model, identity))
        session.commit()
        assert session.get(model, identity) is None


@pytest.mark.parametrize("make", [required, complete])
@pytest.mark.parametrize("model", FREE, ids=name)
def test_a_service_writes_what_is_free_to_write(model, make, service, ground):
    edits = [
        column.name
        for column in model.__table__.columns
        if not column.primary_key and column.name != "organization_id"
    ]
    round_trip(service, model, make(model, ground), edits, ground)


@pytest.mark.parametrize("make", [required, complete])
@pytest.mark.parametrize("model", [Negotiation, PurchaseOrder], ids=name)
def test_a_service_writes_drafts(model, make, service, ground):
    round_trip(service, model, make(model, ground), EDITS[model], ground)


@pytest.mark.parametrize("make", [required, complete])
def test_a_service_adds_and_edits_people(make, service, ground):
    round_trip(service, User, make(User, ground), EDITS[User], ground, deletes=False)


@pytest.mark.parametrize("make", [required, complete])
def test_a_service_adds_to_the_record(make, service, ground):
    round_trip(service, AuditLog, make(AuditLog, ground), [], ground, deletes=False)


def test_a_service_counts_the_use_of_a_key(owner, service, ground):
    made = required(APIKey, ground)
    owner.add(made)
    owner.commit()
    found = service.get(APIKey, made.id)
    found.usage_count += 1
    found.last_used_at = value(APIKey, APIKey.__table__.c.last_used_at, ground)
    service.commit()
    assert service.get(APIKey, made.id).usage_count == 1


@pytest.mark.parametrize("model", READ_ONLY, ids=name)
def test_a_service_reads_what_it_may_not_write(model, owner, service, ground):
    if model is Organization:
        assert [each.id for each in service.scalars(select(Organization))] == [ground["organizations"]]
        return
    owner.execute(delete(OrganizationSettings))
    made = complete(model, ground)
    owner.add(made)
    owner.flush()
    identity, written = made.id, written_values(made)
    owner.commit()
    assert_reads_back(service, model, identity, written)


@pytest.mark.parametrize("make", [required, complete])
@pytest.mark.parametrize("model", [OrganizationSettings, APIKey, User, AuditLog], ids=name)
def test_the_model_works_in_the_hands_of_who_may(model, make, owner, ground):
    owner.execute(delete(OrganizationSettings))
    edits = [
        column.name
        for column in model.__table__.columns
        if not column.primary_key and column.name != "organization_id"
    ]
    round_trip(owner, model, make(model, ground), edits, ground)


def test_an_organization_works_in_the_hands_of_who_may(owner_dsn):
    identity = uuid4()
    with Session(engine_for(owner_dsn, **{"parley.organization_id": identity})) as session:
        row = Organization(id=identity, name="New", slug=f"new-{identity}")
        round_trip(session, Organization, row, ["name", "contact_email", "is_active"], {})


@pytest.mark.parametrize("model", FREE + [Negotiation, PurchaseOrder, User, AuditLog], ids=name)
def test_a_plain_insert_gets_the_defaults_of_the_models(model, service, ground):
    table = model.__table__
    given = {
        c.name: value(model, c, ground)
        for c in table.columns
        if not c.nullable and c.default is None and not (c.primary_key and c.name == "id")
    }
    names = ", ".join(f'"{each}"' for each in given)
    places = ", ".join(["%s"] * len(given))
    values = tuple(Jsonb(each) if isinstance(each, (dict, list)) else each for each in given.values())
    row = (
        service.connection()
        .exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({places}) RETURNING *", values)
        .mappings()
        .one()
    )
    for column in table.columns:
        if column.default is None:
            continue
        if column.default.is_scalar:
            expected = getattr(column.default.arg, "value", column.default.arg)
            assert (
                row[column.name] == pytest.approx(expected)
                if isinstance(expected, float)
                else (row[column.name] == expected)
            ), column
        elif column.default.arg.__name__ in ("dict", "list"):
            assert row[column.name] == {"dict": {}, "list": []}[column.default.arg.__name__], column
        else:
            assert row[column.name] is not None, column
    service.rollback()


def test_deleting_a_search_job_takes_its_logs_along(service, ground):
    job = required(SearchJob, ground)
    job.agent_logs = [AgentLog(step_number=step, agent_name="scraper", action="look") for step in range(3)]
    service.add(job)
    service.commit()
    identity = job.id
    service.delete(job)
    service.commit()
    assert service.scalars(select(AgentLog).where(AgentLog.search_job_id == identity)).all() == []


def test_deleting_a_vendor_leaves_its_products(service, ground):
    vendor = required(Vendor, ground)
    vendor.products = [required(Product, ground)]
    service.add(vendor)
    service.commit()
    product = vendor.products[0].id
    service.delete(vendor)
    service.commit()
    assert service.get(Product, product).vendor_id is None


def test_many_rows_at_once_and_statements_over_many_rows(service, ground):
    service.add_all(
        UsageLog(
            organization_id=ground["organizations"],
            resource_type="bulk",
            cost_usd=0.25,
            billing_period="2026-11",
        )
        for _ in range(500)
    )
    service.commit()
    changed = service.execute(update(UsageLog).where(UsageLog.resource_type == "bulk").values(unit="call"))
    assert changed.rowcount == 500
    assert service.execute(delete(UsageLog).where(UsageLog.resource_type == "bulk")).rowcount == 500
    service.commit()


def test_a_price_is_found_by_its_number(service, ground):
    product = required(Product, ground)
    product.price = 1299.99
    service.add(product)
    service.commit()
    found = service.scalars(select(Product).where(Product.price == 1299.99, Product.id == product.id)).one()
    assert found.price == 1299.99
