"""meetings that are not on their usual day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("decision", sa.Text()),
        sa.Column("held_on", sa.Date()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_meeting_need_id_need")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_need_id"), "meeting", ["need_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_meeting_need_id"), table_name="meeting")
    op.drop_table("meeting")
