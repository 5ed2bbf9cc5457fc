"""who may see a referral."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("referral") as batch:
        batch.add_column(sa.Column("only_for", sa.JSON()))
        batch.add_column(sa.Column("not_for", sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table("referral") as batch:
        batch.drop_column("not_for")
        batch.drop_column("only_for")
