"""links between referrals about one person, former referrers, and answers that are proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "link",
        sa.Column("referral_id", big, nullable=False),
        sa.Column("other_id", big, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text()),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_link_referral_id_referral")),
        sa.ForeignKeyConstraint(["other_id"], ["referral.id"], name=op.f("fk_link_other_id_referral")),
        sa.PrimaryKeyConstraint("referral_id", "other_id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_other_id"), "link", ["other_id"])
    op.add_column("referral", sa.Column("former", sa.JSON()))
    op.add_column("need", sa.Column("proposed", sa.JSON()))


def downgrade() -> None:
    op.drop_column("need", "proposed")
    op.drop_column("referral", "former")
    op.drop_table("link")
