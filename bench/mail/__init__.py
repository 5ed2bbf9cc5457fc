"""What mailbot makes of mails: real ones of other projects' tests, containers, replies, and the ones held out."""
