"""What a mail's words ask or say, by the wording lists: what more than one kind, or an action, needs to know."""

from mailbot.asking.afterwards import asks_about_progress as asks_about_progress
from mailbot.asking.afterwards import disputes as disputes
from mailbot.asking.afterwards import only_arranges as only_arranges
from mailbot.asking.afterwards import withdraws as withdraws
from mailbot.asking.closed import brings_something as brings_something
from mailbot.asking.closed import may_be_the_form as may_be_the_form
from mailbot.asking.closed import sends_password as sends_password
from mailbot.asking.closed import telephone as telephone
from mailbot.asking.closed import unread as unread
from mailbot.asking.closed import wrapped as wrapped
from mailbot.asking.form import against_asking as against_asking
from mailbot.asking.form import asks_for_form as asks_for_form
from mailbot.asking.form import is_letter_of_referral as is_letter_of_referral
from mailbot.asking.form import reads_automatic as reads_automatic
from mailbot.asking.form import reads_like_asking as reads_like_asking
from mailbot.asking.form import reads_otherwise as reads_otherwise
from mailbot.asking.form import speaks_of_danger as speaks_of_danger
from mailbot.asking.form import wants_other_format as wants_other_format
from mailbot.asking.form import wants_to_talk as wants_to_talk
from mailbot.asking.thanks import greets as greets
from mailbot.asking.thanks import only_thanks as only_thanks
from mailbot.asking.thanks import says_something as says_something
from mailbot.asking.thanks import thanks as thanks
from mailbot.asking.whose import WITH_SAFE_TEXT as WITH_SAFE_TEXT
from mailbot.asking.whose import from_no_referrer as from_no_referrer
from mailbot.asking.whose import may_be_from_no_referrer as may_be_from_no_referrer
