"""what waits, apart and in its order."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WAITING = {
    ("mail", "new"): "state = 'new'",
    ("mail", "reading"): "state = 'reading'",
    ("mail", "ready"): "state = 'ready'",
    ("letter", "ready"): "state = 'ready'",
    ("letter", "copy_due"): "copy = 'due'",
}
_UNFILED = "filed_at IS NULL AND state NOT IN ('before_us', 'gone')"


def upgrade() -> None:
    op.drop_index("ix_letter_copy", "letter")
    op.drop_index("ix_mail_filed_at_folder_state", "mail")
    for (table, name), where in _WAITING.items():
        _index(f"ix_{table}_{name}", table, ["id"], where)
    _index("ix_mail_unfiled", "mail", ["folder", "id"], _UNFILED)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for table, name in _WAITING:
        op.drop_index(f"ix_{table}_{name}", table)
    op.drop_index("ix_mail_unfiled", "mail")
    op.create_index("ix_mail_filed_at_folder_state", "mail", ["filed_at", "folder", "state"])
    op.create_index("ix_letter_copy", "letter", ["copy"])
