"""Another service of the platform at work in Parley's database.

PARLEY_OWNER_DSN        a superuser's libpq URL of the migrated database, to set up what services may not
PARLEY_SERVICE_DSN      what `parley service connect` printed; without it a service is connected by hand
PARLEY_ORGANIZATION_ID  the organization that service is pinned to; goes with PARLEY_SERVICE_DSN
"""

import os
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from models import Negotiation, Organization, Product, SearchJob, User, UserRole, Vendor


def engine_for(dsn, **settings):
    """An engine on a libpq connection string, with session settings, such as the tenant, from the start."""
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    conninfo = make_conninfo(dsn, options=options) if options else dsn
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo))


def found_organization(owner_dsn, slug):
    """A new organization with one administrator, in the application's name: (organization, user)."""
    organization, user = uuid4(), uuid4()
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("SELECT set_config('parley.organization_id', %s, true)", [str(organization)])
        connection.execute("SET LOCAL ROLE parley_app")
        connection.execute("INSERT INTO organizations (name, slug) VALUES (%s, %s)", [slug, slug])
        connection.execute(
            "INSERT INTO users (id, email, hashed_password, full_name, role)"
            " VALUES (%s, %s, 'x', 'A', 'org_admin')",
            [user, f"admin@{slug}.example"],
        )
    return organization, user


def connect_service(owner_dsn, slug, name, organization):
    """A login role for a service, pinned to an organization, or to none: its connection string."""
    role, password = f"parley_svc_{slug}_{name}"[:63], uuid4().hex
    group = "parley_service" if organization else "parley_platform"
    with psycopg.connect(owner_dsn) as connection:
        for statement in [
            sql.SQL(
                "CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {password}"
            ),
            sql.SQL("GRANT {group} TO {role}"),
            sql.SQL("ALTER ROLE {role} SET timezone = 'UTC'"),
            sql.SQL(
                "INSERT INTO service_roles (role_name, organization_id, name)"
                " VALUES ({word}, {tenant}, {name})"
            ),
        ]:
            connection.execute(
                statement.format(
                    role=sql.Identifier(role),
                    password=sql.Literal(password),
                    group=sql.Identifier(group),
                    word=sql.Literal(role),
                    tenant=sql.Literal(organization),
                    name=sql.Literal(name),
                )
            )
    return make_conninfo(owner_dsn, user=role, password=password)


@pytest.fixture(scope="session")
def owner_dsn():
    if not os.environ.get("PARLEY_OWNER_DSN"):
        pytest.fail("PARLEY_OWNER_DSN is not set: a superuser's URL of a migrated database", pytrace=False)
    return os.environ["PARLEY_OWNER_DSN"]


@pytest.fixture(scope="session")
def tenant(owner_dsn):
    """The service's own organization, and how it connects."""
    if os.environ.get("PARLEY_SERVICE_DSN"):
        return SimpleNamespace(
            organization=UUID(os.environ["PARLEY_ORGANIZATION_ID"]), dsn=os.environ["PARLEY_SERVICE_DSN"]
        )
    slug = f"acme-{uuid4().hex[:8]}"
    organization, _ = found_organization(owner_dsn, slug)
    return SimpleNamespace(
        organization=organization, dsn=connect_service(owner_dsn, slug, "peer", organization)
    )


@pytest.fixture(scope="session")
def rival(owner_dsn):
    """Another organization, with a vendor that nobody else should see."""
    slug = f"rival-{uuid4().hex[:8]}"
    organization, user = found_organization(owner_dsn, slug)
    with Session(engine_for(owner_dsn, **{"parley.organization_id": organization})) as session:
        vendor = Vendor(name="Secret", slug="secret", domain="secret.example")
        session.add(vendor)
        session.commit()
        return SimpleNamespace(organization=organization, user=user, vendor=vendor.id, slug=slug)


@pytest.fixture(scope="session")
def service_engine(tenant):
    return engine_for(tenant.dsn)


@pytest.fixture(scope="session")
def owner_engine(owner_dsn, tenant):
    """The owner within the tenant: for tables and columns that a service may only read."""
    return engine_for(owner_dsn, **{"parley.organization_id": tenant.organization})


@pytest.fixture
def service(service_engine):
    with Session(service_engine) as session:
        yield session


@pytest.fixture
def owner(owner_engine):
    with Session(owner_engine) as session:
        yield session


@pytest.fixture(scope="session")
def ground(service_engine, owner_engine, tenant):
    """Rows that others refer to, by table; everything but the open negotiation was written by the service."""
    word = uuid4().hex[:8]
    with Session(service_engine, expire_on_commit=False) as session:
        user = User(
            organization_id=tenant.organization,
            email=f"{word}@peer.example",
            hashed_password="$2b$12$x",
            full_name="Peer",
            role=UserRole.MEMBER,
        )
        session.add(user)
        session.flush()
        job = SearchJob(organization_id=tenant.organization, user_id=user.id, query_text="bolts")
        vendor = Vendor(name="Bolts", slug=f"bolts-{word}", domain="bolts.example")
        session.add_all([job, vendor])
        session.flush()
        product = Product(
            search_job_id=job.id,
            vendor_id=vendor.id,
            title="Bolt",
            url="https://bolts.example/1",
            price=10.5,
            availability_status="in stock",
        )
        session.add(product)
        session.flush()
        draft, opened = (
            Negotiation(
                product_id=product.id,
                user_id=user.id,
                created_by=user.id,
                original_price=10.5,
                target_price=8.25,
            )
            for _ in range(2)
        )
        session.add_all([draft, opened])
        session.commit()
    with owner_engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE negotiations SET status = 'sent', sealed_terms = editable_terms WHERE id = %s",
            (opened.id,),
        )
        admin = connection.exec_driver_sql(
            "SELECT id FROM users WHERE role = 'org_admin' AND organization_id = %s", (tenant.organization,)
        ).scalar()
    return {
        Organization.__tablename__: tenant.organization,
        "users": user.id,
        "search_jobs": job.id,
        "vendors": vendor.id,
        "products": product.id,
        "negotiations": draft.id,
        "open negotiation": opened.id,
        "administrator": admin,
    }
