"""``python -m krgboot`` is krgbootctl."""

from krgboot.cli import main

if __name__ == "__main__":
    main()
