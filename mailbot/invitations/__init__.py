"""Invitations to the meeting as calendars exchange them (RFC 5545, 5546): written, and their answers read."""

from mailbot.invitations.answer import Answer as Answer
from mailbot.invitations.answer import Attendee as Attendee
from mailbot.invitations.answer import answer_in as answer_in
from mailbot.invitations.answer import read as read
from mailbot.invitations.event import CalendarObject as CalendarObject
from mailbot.invitations.event import Event as Event
from mailbot.invitations.event import written as written
