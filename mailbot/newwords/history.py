"""Where the history of a conversation begins: what mail programs put above it, in the languages they speak."""

from __future__ import annotations

import re
from itertools import takewhile

from mailbot.patterns import any_of

#: what programs write above the mail they quote or pass on
_MARK = any_of(
    r"[-–—_=]{2,}\s*(?:"
    r"(?:original|forwarded|reply|begin forwarded) (?:message|mail|e-?mail|appointment)|original meeting request"
    r"|(?:ursprüngliche|originale?|weitergeleitete) (?:nachricht|e-?mail)|message (?:d['’]origine|original|transféré)"
    r"|mensa(?:je|gem) (?:original|reenviado|encaminhada)|messaggio (?:originale|inoltrato)"
    r"|(?:oorspronkelijk|doorgestuurd) bericht"
    r"|(?:oprindelig|opprinnelig|ursprungligt) (?:meddelelse|melding|meddelande)"
    r"|wiadomość (?:oryginalna|przekazana)|neges wreiddiol|forwarded by .{1,120}"
    r")\s*:?\s*(?:[-–—_=]{2,}|\*|$)",
    r"(?:begin )?forwarded message:?\s*$",
    r"anfang der weitergeleiteten nachricht:?\s*$",
    r"début du message (?:réexpédié|transféré)\s*:?\s*$",
    r"inicio del mensaje reenviado:?\s*$",
    r"_{20,}\s*$",
    before=r"(?:>\s?)?\*?\s?",
)

#: the labels of the block above a quoted mail, by language: who wrote, and what else is said of it
_LABELS = (
    ("from", "sent|date|to|cc|subject|reply-to|importance"),
    ("von", "gesendet|datum|an|betreff"),
    (
        "de|expéditeur",
        "envoyé|date|le|à|objet|enviad[oa](?: el| em)?|fecha|para|asunto|assunto|data|trimis|către|subiect",
    ),
    ("da|mittente", "inviato|data|a|oggetto|risposta"),
    ("van|afzender", "verzonden|datum|aan|onderwerp"),
    ("od", "wysłano|data|do|temat|odesláno|komu|předmět"),
    ("från", "skickat|datum|till|ämne"),
    ("fra", "sendt|dato|til|emne"),
    ("lähettäjä", "lähetetty|vastaanottaja|aihe"),
    ("oddi(?: wrth)?|gan", "anfonwyd|dyddiad|at|pwnc"),
    ("от", "дата|кому|тема|отправлено"),
    ("kimden", "gönderme(?: tarihi)?|kime|konu"),
    ("feladó", "elküldve|címzett|tárgy"),
)
_BOLD, _COLON = r"[*_]{0,2}", r"\s?[*_]{0,2}:"
_BLOCKS = tuple(
    (any_of(writer, before=_BOLD, after=_COLON + r"[*_]{0,2}(?:\s|$)"), any_of(more, before=_BOLD, after=_COLON))
    for writer, more in _LABELS
)
_MAY_BEGIN_BLOCK = any_of(*(writer for writer, _ in _LABELS), before=_BOLD, after=_COLON)

_WROTE = (
    r"wrote|writes|a écrit|schrieb|ha scritto|scrisse|escribió|escreveu|schreef|skrev|napisał(?:\(a\)|a)?|написала?"
    r"|kirjoitti|ysgrifennodd|napsala?(?:\(a\))?|írta|a scris|yazdı"
)
_ON = r"on|le|am|op|il|el|em|den|dnia|w dniu|ar|dne|pe|på"
_ADDRESS = r"<[^<>\s]{1,200}@[^<>\s]{1,200}>"
#: "On Fri, 14 Mar 2025 at 09:12, Sam wrote:", "Sam <sam@x.example> wrote:", "2025-03-14 09:12 GMT Sam <sam@x.example>:"
_SAID = any_of(
    rf"(?:{_ON})\s.{{5,400}}\b(?:{_WROTE})(?:\s.{{0,60}})?\s?:",
    rf"\d.{{5,200}}\b(?:{_WROTE})\s?:",
    rf"[^:<>]{{0,100}}{_ADDRESS}\s(?:{_WROTE})(?:\s.{{0,60}})?\s?:",
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\s.{{0,150}}{_ADDRESS.replace('<', '<[ ]?', 1)}\s?:?",
    after=r"$",
)
_MAY_SAY = any_of(rf"(?:{_ON})\s", r"\d", r"[^<>:]{0,100}<[^<>\s]+@")
_LONGEST_LINE, _LONGEST_SAID, _SAID_LINES = 400, 600, 8
#: a year and a time of day, and no "he", "she" or "they" that wrote: a program's line, and not somebody's story
_BY_A_PROGRAM = re.compile(r"\b20\d\d\b.*\b\d{1,2}[:.h]\d\d\b", re.IGNORECASE)
_BY_SOMEBODY = re.compile(r"\b(?:i|he|she|they|we|it|you|who|and|then|also)\s+(?:\w+\s+)?wrote\b", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"[A-Za-z0-9._'+-]{1,64}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,6}")
#: a line that says something else of it
_LABEL = re.compile(r"[*_]{0,2}[^\s:<>@]{1,20}(?: [^\s:<>@]{1,20})?\s?[*_]{0,2}:")
_LOOKED_THROUGH, _BLOCK_LINES = 500, 4
_QUOTED = re.compile(r"\s*(?:>|\|\s|\|$)")


def begins_history(lines: list[str], index: int) -> bool:
    """Whether everything from this line on is a mail that was quoted whole or passed on."""
    line = lines[index][:_LONGEST_LINE].strip()
    if _MARK.match(line):
        return True
    if not _MAY_BEGIN_BLOCK.match(line):
        return False
    below = [one[:_LONGEST_LINE].strip() for one in lines[index + 1 : index + 5]]
    return any(writer.match(line) and any(more.match(one) for one in below) for writer, more in _BLOCKS)


def names_writer(line: str) -> bool:
    """Whether a line of the block above a quoted mail says who wrote it."""
    return _MAY_BEGIN_BLOCK.match(line[:_LONGEST_LINE].strip()) is not None


def who_wrote(lines: list[str], index: int) -> int:
    """How many lines "On Monday ... <someone@x> wrote:" takes; 0 where it is not there, or is part of a story."""
    if not _MAY_SAY.match(lines[index][:_LONGEST_LINE].strip()):
        return 0
    said = ""
    for count, line in enumerate(lines[index : index + _SAID_LINES], start=1):
        if len(said) > _LONGEST_SAID or not (line.strip() or _BY_A_PROGRAM.search(said)):
            return 0
        said = f"{said} {line.strip()}".strip()
        if line.rstrip().endswith((":", ">")) and _SAID.match(said):
            return count if _is_a_programs(said) or goes_on_quoted(lines, index + count) else 0
    return 0


def writer_of_history(text: str) -> str:
    """The address of who wrote the newest mail that is quoted or passed on; "" where none is named."""
    found = _BARE_ADDRESS.search(writers_line(text))
    return found[0].lower() if found else ""


def writers_line(text: str) -> str:
    """Who wrote the newest mail that is quoted or passed on, as what stands above it says; "" where nothing does."""
    head = _head(text)
    first = next((index for index, line in enumerate(head) if names_writer(line)), None)
    if first is None:
        return " ".join(head)
    folded = takewhile(lambda line: not _LABEL.match(line), head[first + 1 :])
    return " ".join((head[first].partition(":")[2], *folded)).strip()


def head_of_history(text: str) -> str:
    """What stands above the newest mail that is quoted or passed on: whose it was, to whom it went, and when."""
    return " ".join(_head(text))


def _head(text: str) -> list[str]:
    lines = text.split("\n")[:_LOOKED_THROUGH]
    for index in range(len(lines)):
        if begins_history(lines, index) or who_wrote(lines, index):
            return [line[:_LONGEST_LINE].strip() for line in lines[index : index + _BLOCK_LINES]]
    return []


def is_quoted(line: str) -> bool:
    """Whether a line carries the mark of a quotation."""
    return _QUOTED.match(line) is not None


def goes_on_quoted(lines: list[str], index: int) -> bool:
    """Whether the next line with words is a quotation."""
    following = next((line for line in lines[index : index + 4] if line.strip()), "")
    return is_quoted(following)


def _is_a_programs(said: str) -> bool:
    return "@" in said or bool(_BY_A_PROGRAM.search(said) and not _BY_SOMEBODY.search(said))
