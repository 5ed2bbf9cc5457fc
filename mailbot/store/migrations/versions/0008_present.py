"""who was at a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("present", sa.Text()))


def downgrade() -> None:
    op.drop_column("meeting", "present")
