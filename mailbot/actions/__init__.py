"""Everything that may be done, by a kind, a job or the command line: one file for each thing it is done to.

Each action works inside its caller's transaction and never sends: letters go into the outbox.
"""

from mailbot.actions.office import Office as Office
