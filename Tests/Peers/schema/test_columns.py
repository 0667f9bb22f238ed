"""The tables have every column that the models know, as the models know it."""

import pytest
from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, String, Text, Uuid, inspect

from models import Base

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
# What a type of theirs may be here.
TYPES = {
    Uuid: {"UUID"},
    Text: {"TEXT"},
    Boolean: {"BOOLEAN"},
    Integer: {"INTEGER", "BIGINT"},
    JSON: {"JSONB"},
    Float: {"NUMERIC(18, 4)", "DOUBLE PRECISION"},
    DateTime: {"TIMESTAMP WITH TIME ZONE"},
}


def described(kind):
    name = str(kind)
    return "TIMESTAMP WITH TIME ZONE" if getattr(kind, "timezone", False) else name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_column_is_there_with_its_type_and_default(table, service_engine):
    there = {column["name"]: column for column in inspect(service_engine).get_columns(table.name)}
    for column in table.columns:
        found = there[column.name]
        kind = described(found["type"])
        if type(column.type) is String:
            assert kind == f"VARCHAR({column.type.length})", column
        else:
            assert kind in TYPES[type(column.type)], column
        assert found["nullable"] == column.nullable, column
        if column.default is not None:
            assert found["default"] is not None, f"{column} has no default in the database"
    for name in set(there) - set(table.columns.keys()):
        column = there[name]
        assert (
            column["nullable"] or column["default"] or column.get("computed")
        ), f"{table}.{name} must be given"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_index_is_there_within_the_tenant(table, service_engine):
    inspector = inspect(service_engine)
    tenant = "id" if table.name == "organizations" else "organization_id"
    there = [inspector.get_pk_constraint(table.name)["constrained_columns"]]
    there += [
        index["column_names"]
        for index in inspector.get_indexes(table.name)
        if not index["dialect_options"].get("postgresql_where")
    ]
    for index in table.indexes:
        wanted = [tenant] + [column.name for column in index.columns if column.name != tenant]
        assert any(columns[: len(wanted)] == wanted for columns in there), f"{table}: {wanted}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_is_unique_there_is_unique_within_the_tenant(table, service_engine):
    if table.name == "organizations":
        pytest.skip("slugs are unique through the directory")
    inspector = inspect(service_engine)
    there = [set(each["column_names"]) for each in inspector.get_unique_constraints(table.name)]
    for column in table.columns:
        if column.unique:
            assert {"organization_id", column.name} in there, column
