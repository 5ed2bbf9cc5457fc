"""The store: every row we keep, behind transactions. The same code on SQLite and PostgreSQL."""

from mailbot.store.engine import Store, Transaction
from mailbot.store.states import LetterState, MailState

__all__ = ["LetterState", "MailState", "Store", "Transaction"]
