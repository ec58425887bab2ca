"""Turn characters of the fonts Symbol and Wingdings, which office files store by their place in the font, into Unicode."""

# Adobe's Symbol encoding (unicode.org, MAPPINGS/VENDORS/ADOBE/symbol.txt) from 0x20 and from 0xA1; "\ufffd" has no character.
_SYMBOL_LOW = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_\ufffdαβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_SYMBOL_HIGH = "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…\ufffd\ufffd↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
_WINGDINGS = {
    0x6F: "□",
    0x71: "❑",
    0x9F: "•",
    0xA8: "◻",
    0xDF: "←",
    0xE0: "→",
    0xE8: "➔",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
}
"""Those that stand among words: boxes to tick, arrows."""


def symbol(font: str, code: int) -> str:
    """Return the character at `code` of a font; "" if it is an ornament without a known one.

    Office files add 0xF000 to the codes of such fonts.
    """
    place = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    if font.lower().startswith("wingdings"):
        return _WINGDINGS.get(place, "")
    if font.lower() == "symbol":
        for first, characters in ((0x20, _SYMBOL_LOW), (0xA1, _SYMBOL_HIGH)):
            if 0 <= place - first < len(characters):
                return characters[place - first].replace("\ufffd", "")
        return ""
    return "" if 0xE000 <= code <= 0xF8FF or not 0x20 <= code <= 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)
