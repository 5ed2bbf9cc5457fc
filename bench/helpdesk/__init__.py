"""django-helpdesk (BSD licence), set up as its documents say, in an environment of its own without mailbot."""
