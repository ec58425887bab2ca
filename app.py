"""`python app.py`: the web chat over a folder of articles."""

import sys

from qa_app.serving.command import main

if __name__ == "__main__":
    sys.exit(main())
