"""pictures of what a person must check."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("crop", sa.Text()))


def downgrade() -> None:
    op.drop_column("answer", "crop")
