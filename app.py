"""`python app.py`: the web chat over a folder of articles."""

from qa_app.serving.command import main

if __name__ == "__main__":
    main()
