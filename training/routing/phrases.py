"""Phrases for the acts that no public data has: patterns of alternatives, "{a|b} c", each of which stands for all of its readings."""

import itertools
import re
from collections.abc import Iterator

_TEXTS = "{articles|documents|files|texts|stories|reports|papers|news articles|items|entries}"
_FOLDER = "{the collection|the folder|this folder|your database|the archive|here|the index|your library|this corpus|your knowledge base}"

PATTERNS: dict[str, tuple[str, ...]] = {
    "fact": (
        "{who|and who|who else} {said|stated|claimed|wrote|made|designed|built|found|discovered|owns|runs|paid for|started|led|says} {it|that|this|so|them}{|?}",
        "{what|when|where|why|how|and when|and where|and how} {was|is|did|does} {it|he|she|that|this} {built|made|found|started|happen|work|end|named|called|done}{|?}",
        "{who|what|where|how old|how big|how long|how far} {is|was|are|were} {it|he|she|they|that}{|?}",
        "{cost|price|length|date|why|who|when|where|how|how much|how many|which one|since when|who paid|who else|and then|and before}{|?}",
    ),
    "acknowledgement": (
        "{ok|okay|k|alright|all right|fine|right|sure|great|good|nice|cool|perfect|excellent|awesome|wonderful|brilliant|super|amazing|interesting|got it|understood|i see|makes sense|fair enough|good to know|good job|well done|sounds good|very good|very nice|that is great|oh|ah|aha|wow|hm|hmm|lol|haha|👍|🙂|😀|👌|🎉|❤️|:)|yes|yep|no|nope|never mind|nevermind|forget it}{|.|!}",
        "{ok|great|oh|ah|good|nice} {ok|good|i see|got it|nice|great|cool|fine}{|.|!}",
        "{that|this|it} {helped|helps|was helpful|is helpful|was useful|makes sense|is good|is great|is fine|is interesting|is enough}{|.|!}",
        "{i understand|i get it|i see what you mean|now i understand|that is what i wanted to know|that is all i needed|that was it|that's all|that's it|no more questions|nothing else}{|.|!}",
    ),
    "thanks": (
        "{thanks|thank you|thx|cheers|many thanks|ty|much appreciated|thanks a lot|thank you so much|thank you very much}{|!|.}",
        "{thanks|thank you|thank you very much}{,|} {that helped|that was it|that is all|that's all|that is what i needed|you helped me a lot|great answer|got it|very helpful|perfect}{|!|.}",
        "{ok|great|perfect|good|nice|super|cool} {thanks|thank you}{|!|.}",
    ),
    "greeting": (
        "{hi|hello|hey|hiya|howdy|yo|hallo|good day|good morning|good afternoon|good evening|greetings|hi there|hello there|hey there|hi everyone|hello friend|morning|evening}{|!|.| 👋}",
        "{hi|hello|hey|good morning|hey there|hi there}{,|!|} {how are you|how are you doing|how are you today|how is it going|what's up|nice to meet you|are you there|anyone there}{|?}",
        "{how are you|how do you do|what's up|how's it going|are you there|is anyone there|is anybody there}{|?| today?}",
    ),
    "farewell": (
        "{bye|goodbye|bye bye|see you|see you later|good night|farewell|take care|until next time|so long|ciao|have a nice day}{|!|.}",
    ),
    "identity": (
        "{who|what} {are you|is this|made you|am i talking to|is behind this}{|?| exactly?}",
        "{are you|is this} {a bot|a robot|an ai|a human|a person|a chatbot|chatgpt|a language model|real|gpt}{|?}",
        "{tell me about yourself|introduce yourself|what is your name|what are you called|who built you|who programmed you}{|?|.}",
        "{which|what} {model|language model|ai|llm|technology} {are you|do you use|is this|are you based on|runs here}{|?}",
    ),
    "help": (
        "{help|help me|help please|i need help|can you help me|can you help|please help|how can you help|how can you help me|what can you help with}{|!|?}",
        "what {can|could|do} you do{|?| for me?| here?| exactly?}",
        "{how does this work|how do i use this|how do you work|how can i use you|what is this for|what are you for|what is this tool|instructions|commands|usage|getting started|what can i do here|what can i ask|what should i ask|what may i ask you|what questions can i ask|what kind of questions can you answer|what are your capabilities|what are your features|how to use}{|?}",
        "{give me|show me|suggest} {some|a few|} {example questions|examples|sample questions|questions i can ask}{|.|?}",
    ),
    "sure": (
        "{are|aren't} you {sure|certain|really sure|quite sure|absolutely sure|positive|confident|serious}{?|| about that?| about this?| of that?| this is right?| that this is correct?}",
        "{really|seriously|for real|honestly|you sure|sure|certain}?",
        "{is|was} {that|this|it|your answer|the answer} {really |}{right|correct|true|certain|reliable|accurate}{|?}",
        "{how sure|how certain|how confident|how reliable} {are you|is that|is this answer|are you about that|are you of this}{|?}",
        "{can|should} i {trust|believe|rely on} {that|this|you|this answer|your answer}{|?}",
        "{do you really mean that|is that so|is it really so|can you confirm that|can you confirm this|please confirm|please double check|double check that|check that again|can you check again|verify that|i doubt that|i don't believe you|i don't believe that|i am not convinced}{|?|.}",
    ),
    "wrong": (
        "{that|this|it|your answer|the answer|the last answer} {is|was|seems|looks} {wrong|incorrect|not right|not correct|false|not true|a mistake|nonsense|rubbish|mistaken}{|.|!}",
        "{that's|it's} {wrong|not right|not correct|incorrect|not true|false|not what i asked|not what i meant|not an answer|not helpful|no answer}{|.|!}",
        "{you are|you're} {wrong|mistaken|lying|making this up|making that up|not right|incorrect}{|.|!}",
        "{wrong|wrong answer|bad answer|incorrect|false|not true|this is not what i asked|that does not answer my question|you didn't answer my question|you misunderstood me|you did not understand me|that makes no sense|i think you are wrong|i think that is wrong|no, that is wrong|no that's not right}{|.|!}",
    ),
    "source": (
        "where {did|do} you {find|get|read|have|take} {that|this|it|that from|this from|it from|this information|that information}{|?}",
        "{what|which} {is|was} {the|your} {source|sources|evidence|reference|proof|basis}{|?| for that?| of that?| for this?| of this information?}",
        "{which article|which document|which file|which text|what article|what document} {says that|says this|said that|is that from|is this from|did you use|does that come from|was that in|is it in}{|?}",
        "{show|give|tell|name} me {the|your} {source|sources|evidence|proof|reference|quote|passage|article it is from|document that says so}{|.|?}",
        "{where does it say that|where does it say so|where is that written|where is that from|where does that come from|how do you know|how do you know that|how do you know this|source|sources|source?|citation|citation needed|reference|references|evidence|prove it|can you prove it|where exactly|on which page}{|?}",
        "{can you|could you|please} {show|give|cite|quote|name} {the|your} {source|sources|reference|evidence|original text|exact words}{|?}",
    ),
    "shorter": (
        "{shorter|briefer|more briefly|in short|briefly|too long|that is too long|tl;dr|tldr|in one word|in a word|in one sentence|in a few words|just the answer|only the answer|short version|keep it short|be brief|simpler|more concise|concise|one line|short answer please}{|.|!| please}",
        "{can you|could you|please} {make it|make that|say it|say that|put it|answer|keep it} {shorter|briefer|in one sentence|more briefly|in fewer words|in one word|short|simpler|more concisely}{|?|.}",
        "{give me|i want|just give me} {a shorter answer|the short version|a short answer|a brief answer|only the number|only the name|just the name|just the number|one word}{|.}",
    ),
    "more": (
        "{more|more please|tell me more|more details|more detail|more details please|more information|more info|further details|go on|continue|keep going|and further|elaborate|please elaborate|can you elaborate|expand|expand on that|explain more|say more|longer|longer please|a longer answer|in more detail|in detail|anything more|anything else|what else|is there more|is that all|what more|details|details please|go deeper|read on|next}{|.|?|!}",
        "{can you|could you|please} {tell me|give me|say|show me} {more|more details|more about it|more about that|more about this|a bit more|some more|further details|the details}{|?|.}",
        "{i want|i need|i would like} {more|more details|to know more|more information|to hear more|to read more}{|.| please}",
        "what else {does it say|does the article say|do you know about it|do they say|is in the article|is written there|is there}{|?}",
    ),
    "repeat": (
        "{repeat|repeat that|repeat it|say that again|say it again|again|again please|once more|one more time|come again|pardon|sorry|what|what was that|what did you say|repeat your answer|repeat the answer|please repeat that|can you repeat that|could you repeat|show me that again}{|?|.| please}",
    ),
    "smalltalk": (
        "{tell me a joke|sing a song|do you love me|i love you|you are stupid|you are great|you are nice|i am bored|i am sad|i am happy|i'm tired|are you happy|do you like me|will you marry me|what is the meaning of life|what's the weather|what time is it|what day is it today|how is the weather today|do you dream|are you hungry|you suck|you are useless|you are smart|good bot|bad bot|how old are you|where do you live|where are you from}{|?|!}",
    ),
    "count articles": (
        f"how many {_TEXTS} {{do you have|are there|have you got|did you read|do you know|have you indexed|can you search|are available|are indexed|are stored|were read|do you hold}}{{|?}}",
        f"how many {_TEXTS} {{are|are there|do we have|have we}} in {_FOLDER}{{|?}}",
        f"{{what is the number of|count|count the|number of|what is the total number of|give me the number of}} {_TEXTS}{{|?| in total| here| you have}}",
        f"how {{big|large}} is {_FOLDER}?",
    ),
    "list articles": (
        f"{{list|show|show me|display|name|print|give me|enumerate}} {{all|all the|the|every|me all|me the|a list of|a list of all|a list of the|the titles of all|the titles of the|all your|your}} {_TEXTS}{{|.|?| please| you have| in the folder}}",
        f"{{what|which}} {_TEXTS} {{do you have|are there|have you read|do you know|are in the folder|are in the collection|are available|are indexed|can you search|did you read|are here|are stored|exist}}{{|?}}",
        f"what are {{the|your|all the|all your}} {_TEXTS}{{|?}}",
        f"{{can i see|can you show me|may i see|could you list}} {{the|all|all the|your|a list of the}} {_TEXTS}{{|?}}",
        "{article list|document list|table of contents|list of articles|file list|list of documents|titles|all titles|list the titles|list everything}{|?}",
    ),
    "newest article": (
        "{what|which} is {the|your} {newest|latest|most recent|last|youngest} {article|document|text|story|report|file|item|entry}{|?| you have?| in the folder?| in the collection?}",
        "which {article|document|text|story|report|file} is {the newest|newest|the latest|the most recent|most recent|the last one}{|?}",
        "{show me|give me|open|tell me} {the newest|the latest|the most recent} {article|document|story|text|one|file}{|.}",
        "{what was|which article was|what article was|which was} published {last|most recently|latest}{|?}",
        "{what is|what's} {new|the latest|the newest|most recent}{|?}",
    ),
    "oldest article": (
        "{what|which} is {the|your} {oldest|earliest|first} {article|document|text|story|report|file|item|entry}{|?| you have?| in the folder?| in the collection?}",
        "which {article|document|text|story|report|file} is {the oldest|oldest|the earliest|the first one}{|?}",
        "{show me|give me|open|tell me} {the oldest|the earliest|the first} {article|document|story|text|one|file}{|.}",
        "{what was|which article was|what article was|which was} published {first|earliest}{|?}",
    ),
    "topics": (
        "{what|which} {topics|subjects|themes|areas|issues|fields} {do the articles cover|do they cover|are covered|do you cover|are there|do you know about|are in the folder|can you answer questions about|do the documents deal with|are discussed|are the articles about|can i ask about}{|?}",
        f"what {{are the|are all the|are your}} {_TEXTS} about{{|?}}",
        f"what {{is|are}} {_FOLDER} about{{|?}}",
        "{list|show|give me|name} {the|all|main|the main|all the} {topics|subjects|themes}{|.| please| of the articles}",
        "{what is it all about|what is this all about|what are the main themes|what is covered|topics|themes|subjects}{|?}",
    ),
    "overview": (
        f"what {{is|do you have|have you got|is there|can i find|is stored|is contained}} in {_FOLDER}{{|?}}",
        "what do you {know|have|have here|have in there|know about|contain|cover}{|?}",
        "{what have you read|what did you read|what information do you have|what data do you have|what can you tell me about|what is in here|what's in here|what is inside|what is in there|give me an overview|overview|overview please|describe your knowledge|what sources do you have|what are your sources|what do your articles contain|what kind of articles do you have|describe the collection|what is your knowledge base}{|?}",
    ),
}
"""By act, in words of our own."""

_ALTERNATIVES = re.compile(r"\{([^{}]*)\}")


def readings(pattern: str) -> Iterator[str]:
    """Yield every reading of a pattern, with single spaces."""
    pieces = _ALTERNATIVES.split(pattern)  # literal, alternatives, literal, …
    choices = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    for chosen in itertools.product(*choices):
        yield " ".join("".join(chosen).split())
