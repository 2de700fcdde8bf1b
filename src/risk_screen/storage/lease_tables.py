"""The table of leases: which process does what must be done once per installation."""

from sqlalchemy import Column, Integer, String, Table

from risk_screen.storage.tables import Number, metadata

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True, comment="what is done, e.g. webhooks.deliver"),
    Column("holder", String(200), nullable=False, comment="the process that does it; empty: nobody"),
    Column("beats", Number, nullable=False, comment="counts up while the holder lives; clocks are not compared"),
    Column("state", String(16), nullable=False, comment="waiting, running, failing or stuck"),
    Column("succeeded_at", String(32), comment="when it last went well"),
    Column("failed_at", String(32), comment="when it last failed"),
    Column("failures", Integer, nullable=False, comment="failures since it last went well"),
)
