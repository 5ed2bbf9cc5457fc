"""mailbot: a referral desk that lives in a mailbox."""
