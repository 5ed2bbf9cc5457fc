"""How well returned forms are read: for each way one comes back what was right, asked, and silently wrong."""
