"""the bytes of a mail apart from what changes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raw",
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_raw_mail_id")),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_raw")),
    )
    op.execute("INSERT INTO raw (mail_id, data) SELECT id, raw FROM mail WHERE raw IS NOT NULL")
    op.execute("ALTER TABLE mail DROP COLUMN raw")  # not in a batch: that makes the table anew, and others refer to it


def downgrade() -> None:
    op.execute(f"ALTER TABLE mail ADD COLUMN raw {'BLOB' if op.get_bind().dialect.name == 'sqlite' else 'BYTEA'}")
    op.execute("UPDATE mail SET raw = (SELECT data FROM raw WHERE raw.mail_id = mail.id)")
    op.drop_table("raw")
