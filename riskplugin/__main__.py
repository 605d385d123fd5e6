"""``python -m riskplugin``: the command line."""

from riskplugin.cli import main

if __name__ == "__main__":
    main()
