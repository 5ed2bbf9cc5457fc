"""The command line: `mailbot --help` says what there is."""

from mailbot.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
