"""Make a folder of real-life files of every format, with facts of our own invention in them."""
