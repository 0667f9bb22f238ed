"""What a service is refused, the database refuses."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from models import (
    APIKey,
    AuditLog,
    Negotiation,
    Organization,
    OrganizationSettings,
    PurchaseOrder,
    User,
    UserRole,
    UserPreferences,
    utcnow,
)
from samples import complete, required

NOT_ALLOWED = "42501"


def assert_refused(session, work):
    with pytest.raises(DBAPIError) as refusal:
        work()
        session.flush()
        session.commit()
    session.rollback()
    assert refusal.value.orig.sqlstate == NOT_ALLOWED, refusal.value


@pytest.mark.parametrize(
    "model", [Organization, OrganizationSettings, APIKey], ids=lambda model: model.__name__
)
def test_tables_to_read_are_not_written(model, service, ground):
    made = complete(model, ground)
    assert_refused(service, lambda: service.add(made))
    assert_refused(service, lambda: service.execute(delete(model)))
    column = {"organizations": "name", "organization_settings": "max_retries", "api_keys": "scopes"}
    values = {column[model.__tablename__]: getattr(made, column[model.__tablename__])}
    assert_refused(service, lambda: service.execute(update(model).values(**values)))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "vendor_replied"},
        {"status": "accepted", "final_price": 1.0},
        {"final_price": 1.0},
        {"approved_at": utcnow()},
        {"current_offer_price": 1.0},
        {"requires_approval": False},
        {"last_vendor_response_at": utcnow()},
        {"email_thread_id": "mine"},
        {"email_sent_count": 9},
    ],
    ids=str,
)
@pytest.mark.parametrize("which", ["negotiations", "open negotiation"])
def test_the_course_of_a_negotiation_is_not_changed(which, changes, service, ground):
    negotiation = service.get(Negotiation, ground[which])

    def change():
        for attribute, changed in changes.items():
            setattr(negotiation, attribute, changed)

    assert_refused(service, change)


def test_an_approval_is_not_written_by_naming_a_person(service, ground):
    negotiation = service.get(Negotiation, ground["negotiations"])
    assert_refused(service, lambda: setattr(negotiation, "approved_by", ground["users"]))


@pytest.mark.parametrize(
    "changes",
    [{"status": "pending_approval"}, {"status": "accepted"}, {"final_price": 5.0}, {"approved_at": utcnow()}],
    ids=str,
)
def test_a_negotiation_begins_as_a_draft(changes, service, ground):
    negotiation = required(Negotiation, ground)
    for attribute, changed in changes.items():
        setattr(negotiation, attribute, changed)
    assert_refused(service, lambda: service.add(negotiation))


@pytest.mark.parametrize(
    "changes",
    [
        {"target_price": 1.0},
        {"quantity": 100},
        {"vendor_contact_email": "me@peer.example"},
        {"notes": "n"},
        {"ai_strategy": {"kind": "conceder"}},
        {"expires_at": utcnow()},
        {"payment_terms": "now"},
        {"target_price": 1.0, "next_follow_up_at": utcnow()},
    ],
    ids=str,
)
def test_an_open_negotiation_is_not_edited(changes, service, ground):
    negotiation = service.get(Negotiation, ground["open negotiation"])

    def change():
        for attribute, changed in changes.items():
            setattr(negotiation, attribute, changed)

    assert_refused(service, change)


def test_of_an_open_negotiation_follow_up_times_are_set(service, ground):
    negotiation = service.get(Negotiation, ground["open negotiation"])
    negotiation.next_follow_up_at, negotiation.max_follow_ups = utcnow(), 5
    negotiation.auto_follow_up_enabled = False
    service.commit()
    assert service.get(Negotiation, ground["open negotiation"]).max_follow_ups == 5


def test_an_open_negotiation_is_not_deleted(service, ground):
    identity = ground["open negotiation"]
    assert service.execute(delete(Negotiation).where(Negotiation.id == identity)).rowcount == 0
    service.rollback()
    assert service.get(Negotiation, identity) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"approved_by_user": True},
        {"approved_at": utcnow()},
        {"is_sent_to_vendor": True},
        {"sent_at": utcnow()},
    ],
    ids=str,
)
def test_a_purchase_order_is_neither_approved_nor_sent(changes, service, ground):
    order = required(PurchaseOrder, ground)
    for attribute, changed in changes.items():
        setattr(order, attribute, changed)
    assert_refused(service, lambda: service.add(order))

    order = required(PurchaseOrder, ground)
    service.add(order)
    service.commit()

    def change():
        for attribute, changed in changes.items():
            setattr(order, attribute, changed)

    assert_refused(service, change)


def test_an_approved_purchase_order_is_not_edited(service, owner, ground):
    order = required(PurchaseOrder, ground)
    order.approved_by_user = True
    owner.add(order)
    owner.commit()
    changed = service.execute(
        update(PurchaseOrder).where(PurchaseOrder.id == order.id).values(unit_price=0.01)
    )
    assert changed.rowcount == 0
    service.rollback()
    assert service.get(PurchaseOrder, order.id).unit_price == 12.3456


def test_the_record_is_neither_changed_nor_shortened(service, ground):
    entry = required(AuditLog, ground)
    service.add(entry)
    service.commit()
    assert_refused(service, lambda: setattr(entry, "action", "other"))
    assert_refused(service, lambda: service.delete(entry))
    assert_refused(service, lambda: service.execute(delete(AuditLog)))


@pytest.mark.parametrize("role", [UserRole.MANAGER, UserRole.ORG_ADMIN, UserRole.SUPER_ADMIN])
def test_nobody_above_member_is_created(role, service, ground):
    person = required(User, ground)
    person.role = role
    assert_refused(service, lambda: service.add(person))


@pytest.mark.parametrize("role", [UserRole.MANAGER, UserRole.ORG_ADMIN, UserRole.SUPER_ADMIN])
def test_nobody_is_promoted(role, service, ground):
    person = service.get(User, ground["users"])
    assert_refused(service, lambda: setattr(person, "role", role))


@pytest.mark.parametrize(
    "changes",
    [
        {"hashed_password": "$2b$12$mine"},
        {"email": "mine@peer.example"},
        {"is_locked": False, "locked_until": utcnow()},
        {"is_active": False},
        {"failed_login_attempts": 99},
        {"email_verified": True},
    ],
    ids=str,
)
def test_nobody_is_signed_in_as_somebody_else(changes, service, ground):
    assert_refused(
        service,
        lambda: service.execute(update(User).where(User.id == ground["administrator"]).values(**changes)),
    )


def test_people_are_not_deleted(service, ground):
    assert_refused(service, lambda: service.execute(delete(User).where(User.id == ground["users"])))


def test_a_key_is_not_widened(service, owner, ground):
    made = required(APIKey, ground)
    owner.add(made)
    owner.commit()
    assert_refused(service, lambda: setattr(service.get(APIKey, made.id), "scopes", ["*"]))


def test_tables_of_parley_are_closed(service, owner):
    shared = set(User.metadata.tables) | {"service_roles"}
    tables = owner.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    closed = sorted(set(tables) - shared)
    assert len(closed) > 20
    for table in closed:
        for statement in (
            f"SELECT 1 FROM {table}",
            f"DELETE FROM {table}",
            f"INSERT INTO {table} DEFAULT VALUES",
        ):
            assert_refused(service, lambda: service.execute(text(statement)))


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE parley_app",
        "SET ROLE parley_approver",
        "SET ROLE parley_platform",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "SET session_replication_role = replica",
        "TRUNCATE vendors",
        "SELECT pg_read_file('/etc/passwd')",
        "UPDATE service_roles SET organization_id = gen_random_uuid()",
        "DROP POLICY tenant ON users",
        "ALTER ROLE parley_app PASSWORD 'mine'",
    ],
)
def test_a_service_does_not_rise(statement, service):
    if "postgres" in statement:
        me = service.scalar(text("SELECT rolname FROM pg_roles WHERE rolsuper ORDER BY oid LIMIT 1"))
        statement = f'SET SESSION AUTHORIZATION "{me}"'
    assert_refused(service, lambda: service.execute(text(statement)))


def test_row_security_is_not_switched_off(service):
    service.execute(text("SET row_security = off"))
    with pytest.raises(DBAPIError) as refusal:
        service.scalars(select(UserPreferences)).all()
    assert refusal.value.orig.sqlstate == NOT_ALLOWED
