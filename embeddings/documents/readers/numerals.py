"""Write the labels of numbered lists: 1, a, A, i, I."""

_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


def roman(number: int) -> str:
    """Return a number from 1 to 3999 in small Roman numerals; others in digits."""
    if not 0 < number < 4000:
        return str(number)
    letters = ""
    for value, digit in _ROMAN:
        letters += digit * (number // value)
        number %= value
    return letters


def letters(number: int) -> str:
    """Return a, b, … z, aa, bb, … as office programs count; numbers outside 1 to 780 in digits."""
    if not 0 < number <= 780:
        return str(number)
    repeated, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (repeated + 1)


def numeral(number: int, style: str) -> str:
    """Return a number in one of the styles `1`, `01`, `a`, `A`, `i` and `I`; other styles are written in digits."""
    match style:
        case "a":
            return letters(number)
        case "A":
            return letters(number).upper()
        case "i":
            return roman(number)
        case "I":
            return roman(number).upper()
        case "01":
            return f"{number:02}"
        case _:
            return str(number)
