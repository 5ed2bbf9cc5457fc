"""The whole loop on this machine, for `mailbot demo`: never in production."""
