"""The audit trail is append-only, and sealed.

A batch_alter_table of `event` or `seal` makes the table anew on SQLite, without these triggers: make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = ("event", "seal")
_SAYS = "the audit trail is append-only"


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("n", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_seal"),
        sa.UniqueConstraint("event_id", name="uq_seal_event_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$"
        )
        for table in _TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
            )
        return
    for table in _TABLES:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_is_kept_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )


def downgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table in _TABLES:
        names = [f"{table}_is_kept"] if on_postgres else [f"{table}_is_kept_update", f"{table}_is_kept_delete"]
        for name in names:
            op.execute(f"DROP TRIGGER {name} ON {table}" if on_postgres else f"DROP TRIGGER {name}")
    if on_postgres:
        op.execute("DROP FUNCTION audit_is_kept()")
    op.drop_table("seal")
