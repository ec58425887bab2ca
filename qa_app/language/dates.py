"""English names of months and weekdays, and a pattern for years.

Spelled out because the names in `calendar` depend on the computer's locale.
"""

MONTHS = tuple("January February March April May June July August September October November December".split())
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
MONTH_NUMBERS = (
    {name.lower(): n for n, name in enumerate(MONTHS, 1)}
    | {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)}
    | {"sept": 9}
)
"""Month numbers, 1 to 12, by name or abbreviation in lower case."""
MONTH_PATTERN = f"(?:{'|'.join(MONTHS)})"
YEAR_PATTERN = r"(?:1\d|20)\d\d"
"""1000 to 2099."""
