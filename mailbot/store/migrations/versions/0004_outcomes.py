"""outcomes that correct earlier ones, and which letter each member of staff has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outcome") as batch:
        batch.add_column(sa.Column("corrects", sa.Integer()))
        batch.add_column(sa.Column("seen", sa.JSON()))


def downgrade() -> None:
    with op.batch_alter_table("outcome") as batch:
        batch.drop_column("seen")
        batch.drop_column("corrects")
