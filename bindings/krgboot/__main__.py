"""``python -m krgboot`` runs krgbootctl."""

from krgboot.cli import main

if __name__ == "__main__":
    main()
