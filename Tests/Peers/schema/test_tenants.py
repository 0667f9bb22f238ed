"""A service is pinned to its organization, whatever it sets."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from conftest import connect_service, engine_for
from models import Base, Notification, Organization, Product, SearchJob, Vendor
from samples import required
from test_refusals import assert_refused

MODELS = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__name__)


def set_tenant(session, organization):
    session.execute(
        text("SELECT set_config('parley.organization_id', :tenant, false)"), {"tenant": str(organization)}
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_table_shows_another_organization(model, service, tenant, rival, ground):
    set_tenant(service, rival.organization)
    column = "id" if model is Organization else "organization_id"
    owners = set(service.scalars(text(f"SELECT DISTINCT {column} FROM {model.__tablename__}")))
    assert owners <= {tenant.organization}


def test_another_organizations_vendor_is_not_there(service, rival, ground):
    assert service.get(Vendor, rival.vendor) is None
    set_tenant(service, rival.organization)
    service.expire_all()
    assert service.get(Vendor, rival.vendor) is None
    assert service.get(Vendor, ground["vendors"]) is not None, "its own rows stay visible"
    assert service.execute(delete(Vendor).where(Vendor.id == rival.vendor)).rowcount == 0
    assert service.execute(update(Vendor).where(Vendor.id == rival.vendor).values(name="x")).rowcount == 0


def test_nothing_is_written_into_another_organization(service, rival, ground):
    def write():
        set_tenant(service, rival.organization)
        service.add(required(Vendor, ground))

    assert_refused(service, write)
    job = required(SearchJob, ground)
    job.organization_id = rival.organization
    assert_refused(service, lambda: service.add(job))


def test_a_child_does_not_point_to_another_organizations_parent(service, rival, ground):
    product = required(Product, ground)
    product.vendor_id = rival.vendor
    service.add(product)
    with pytest.raises(Exception) as refusal:
        service.commit()
    assert refusal.value.orig.sqlstate == "23503"
    service.rollback()
    notice = required(Notification, ground)
    notice.user_id = rival.user
    service.add(notice)
    with pytest.raises(Exception) as refusal:
        service.commit()
    assert refusal.value.orig.sqlstate == "23503"


def test_a_service_of_the_platform_chooses_its_tenant_in_each_transaction(owner_dsn, tenant, rival, ground):
    dsn = connect_service(owner_dsn, rival.slug, "platform", None)
    with Session(engine_for(dsn)) as session:
        assert session.scalars(select(Vendor)).all() == []
        for organization, seen, hidden in [
            (rival.organization, rival.vendor, ground["vendors"]),
            (tenant.organization, ground["vendors"], rival.vendor),
        ]:
            session.rollback()
            session.execute(text(f"SET LOCAL parley.organization_id = '{organization}'"))
            assert session.get(Vendor, seen) is not None
            assert session.get(Vendor, hidden) is None


def test_a_service_without_a_pin_sees_nothing_and_writes_nothing(owner_dsn, rival, ground):
    dsn = connect_service(owner_dsn, rival.slug, "forgotten", None)
    with Session(engine_for(owner_dsn)) as owner:
        owner.execute(text("DELETE FROM service_roles WHERE name = 'forgotten'"))
        owner.commit()
    with Session(engine_for(dsn, **{"parley.organization_id": rival.organization})) as session:
        assert session.scalars(select(Vendor)).all() == []
        assert_refused(session, lambda: session.add(required(Vendor, ground)))
