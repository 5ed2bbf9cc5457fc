"""invitations to the meeting, and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "invitation",
        sa.Column("id", big, nullable=False),
        sa.Column("referral_id", big, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer()),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("mail_id", big),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_invitation_mail_id_mail")),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name=op.f("fk_invitation_referral_id_referral")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("uid", name=op.f("uq_invitation_uid")),
    )
    for column in ("referral_id", "state", "day", "mail_id"):
        op.create_index(op.f(f"ix_invitation_{column}"), "invitation", [column])


def downgrade() -> None:
    op.drop_table("invitation")
