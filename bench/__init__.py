"""The measured promises: mailbot beside the least a mail loop can do, in the same run on the same machine."""
