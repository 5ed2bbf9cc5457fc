"""The secure list: the domains that an outcome may go to, dated, and approved by people."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

from mailbot.errors import UserError


@dataclass(frozen=True)
class SecureList:
    """Domains whose mail is protected on its way and at rest; what is not on it does not count as secure."""

    dated: dt.date
    domains: frozenset[str]
    tag: bool = False  # [secure] in a subject makes our own service encrypt the letter

    @classmethod
    def load(cls, folder: Path) -> SecureList:
        """The list of `folder/secure-domains.toml`; raises UserError with every problem in it."""
        path = folder / "secure-domains.toml"
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UserError(f"{path}: is missing; copy it from the configuration that came with mailbot") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: is not valid TOML: {error}") from None
        dated, domains, tag = table.get("dated"), table.get("domains"), table.get("tag", False)
        problems = [f"{path}: {name} is not known; remove it" for name in table.keys() - {"dated", "domains", "tag"}]
        if not isinstance(dated, dt.date):
            problems.append(f"{path}: dated: say when the list was last checked, as in dated = 2026-11-20")
        if not isinstance(domains, list) or not all(isinstance(one, str) and _is_domain(one) for one in domains):
            problems.append(f'{path}: domains: write whole domains, as in domains = ["nhs.net", "police.uk"]')
        if not isinstance(tag, bool):
            problems.append(f"{path}: tag: write true or false")
        if problems:
            raise UserError(*sorted(problems))
        assert isinstance(dated, dt.date)
        assert isinstance(domains, list)
        return cls(dated, frozenset(one.lower() for one in domains), bool(tag))

    def has(self, address: str) -> bool:
        """Whether an address is at one of the domains or below it: `hants.police.uk` is, `notpolice.uk` is not."""
        labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
        return any(".".join(labels[at:]) in self.domains for at in range(len(labels)))


def _is_domain(text: str) -> bool:
    return "." in text and not text.startswith((".", "@")) and " " not in text and text == text.strip()
