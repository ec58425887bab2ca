"""Texts that people do not expect, for the property tests."""

from hypothesis import strategies as st

_PIECES = [
    "The room is No. 5 in the U.S. today.",
    "Mr. Smith met J. R. Brown.",
    "It cost 3.5 million, i.e. less.",
    "Москва стала больше. А. С. Пушкин жил там.",
    "שלום עולם. מה שלומך?",
    "مرحبا بالعالم. كيف حالك؟",
    "今日は。元気ですか？",
    "हिन्दी में लिखा है। ठीक है।",
    "Cafe\u0301 o\u0308ffnet. e\u0301\u0323\u0308!",
    "👩‍👩‍👧‍👦 went home. 🇹🇲!",
    "“Quoted?” he said…",
    "- item one",
    "1. first",
    "# Heading",
    "| a | b |",
    "Follow us on social networks",
    "Leave a review",
    "date 2024-05-17",
    "title: Odd things",
    "Copyright — TASS, 16 May 2024",
    "It ended. ///nCa, 16 May 2024",
    "---",
    "word " * 60,
    "x" * 1500,
    "a." * 40,
]
_SPACE = [" ", "\n", "\n\n", "\t", "\u00a0", "\u2028", "\u2029", "\u3000", "\x0b", "\x0c", "\x1c", "\x85", "\r\n", "\r"]
_CHARACTERS = st.characters(exclude_categories=["Cs"])

odd_texts = st.one_of(
    st.text(_CHARACTERS, max_size=300),
    st.text(st.sampled_from(".!?…\"'”) \n\tAaЖ\u0301\u200d\u200f\0👍5#-|"), max_size=200),
    st.lists(
        st.one_of(st.sampled_from(_PIECES), st.sampled_from(_SPACE), st.text(_CHARACTERS, max_size=20)), max_size=25
    ).map("".join),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=12).map("\n".join),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=12).map("\n\n".join),
)
