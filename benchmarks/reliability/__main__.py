"""Try to break an index and a server, and print what came of it as rows of a Markdown table.

python -m benchmarks.reliability kills      100 times `kill -9`, in seven kinds of work
python -m benchmarks.reliability flips      100 altered bytes in the database
python -m benchmarks.reliability disk       full disks of many sizes (Linux, as root: it mounts a tmpfs)
python -m benchmarks.reliability load       1, 10, 50 and 200 people at once
python -m benchmarks.reliability memory     several thousand questions
python -m benchmarks.reliability workers    answers a second by threads and processes
python -m benchmarks.reliability fuzz       each reader, questions, receipts and the API, ten minutes each (needs atheris)
"""

import argparse
import logging
import sys
from tempfile import TemporaryDirectory

from benchmarks.reliability import disk, flips, fuzz, kills, load, memory, workers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    campaigns = parser.add_subparsers(dest="campaign", required=True)
    modules = (
        ("kills", kills),
        ("flips", flips),
        ("disk", disk),
        ("load", load),
        ("memory", memory),
        ("workers", workers),
        ("fuzz", fuzz),
    )
    for name, module in modules:
        module.add_arguments(own := campaigns.add_parser(name, help=str(module.__doc__).splitlines()[0]))
        own.add_argument("--seed", type=int, default=1, help="of what is left to chance (default: 1)")
        own.set_defaults(run=module.run)
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # what is broken on purpose is told again and again
    with TemporaryDirectory(prefix="reliability-") as place:
        return int(options.run(options, place))


if __name__ == "__main__":
    sys.exit(main())
