"""Phrases for the acts that no public data has: patterns of alternatives, "{a|b} c", each of which stands for all of its readings."""

import itertools
import re
from collections.abc import Iterator

_TEXTS = "{articles|documents|files|texts|stories|reports|papers|news articles|items|entries}"
_FOLDER = "{the collection|the folder|this folder|your database|the archive|here|the index|your library|this corpus|your knowledge base}"

_PLEASE = (
    "{|please|can you|could you|can you please|would you|i want you to|i need you to|i would like you to|help me to}"
)
_ABOUT = "{|about snow|about my cat|about love|about the sea|about our team|about a dragon|for my mother's birthday|for my boss|for a friend|for our club|for school|for the website|on climate change|on football|for me}"
_LANGUAGE = "{german|french|spanish|english|russian|chinese|turkish|arabic|italian|japanese|hindi|kazakh|portuguese|polish|dutch|korean|danish|swedish|greek|hebrew|persian|ukrainian|vietnamese|czech|norwegian|finnish|hungarian|romanian|urdu|bengali|swahili|latin|my language}"

PATTERNS: dict[str, tuple[str, ...]] = {
    "fact": (
        "{who|and who|who else} {said|stated|claimed|wrote|made|designed|built|found|discovered|owns|runs|paid for|started|led|says} {it|that|this|so|them}{|?}",
        "{what|when|where|why|how|and when|and where|and how} {was|is|did|does} {it|he|she|that|this} {built|made|found|started|happen|work|end|named|called|done}{|?}",
        "{who|what|where|how old|how big|how long|how far} {is|was|are|were} {it|he|she|they|that}{|?}",
        "{who|when did she|why did he|for whom did they|where did he} {write|wrote|compose|composed|translate|translated|draw|drew|design|designed|make|made|paint|painted} {the poem|the song|the letter|the speech|the book|the programme|the map|the picture|the logo|the report|it}{|?}",
        "{what|which|how many} {languages|other languages|foreign languages} {does|do|did|can|could} {she|he|they|the author|the minister|people there|the staff|visitors|the guides|the pupils|the app} {speak|know|learn|understand|write in|use}{|?}",
        "{which|what|how many} {poems|songs|books|pictures|letters|jokes|stories|plays|programmes|presentations} {did|does} {she|he|they|the author|the artist|the company} {write|compose|draw|make|tell|publish|give}{|?}",
        "{tell me about|describe|explain|show me|give me|find|name|list|quote|look up|tell me} {the rules for visitors|the opening hours|the price of a ticket|the new bridge|the reasons for the delay|the main characters|the way to the station|how it works|what he said about the weather|who wrote it|the plan for the harbour|examples of such plants|the recipe for the soup|the steps to reset the pump|the history of the school|the terms of the contract}{|.|?}",
        "{how do i|how can i|how do we|where can i|when should i|who can|how much does it cost to|am i allowed to|do i have to|can members|must staff|how can visitors|what do i need to} {change the language of the display|switch to english|book a room|order a meal|cancel the reservation|set the timer|reset the device|write a complaint|change the password|turn on the heating|call the office|translate a document|draw a plan|send an email to the office|make a reservation|play music|rent a car|pay the bill|add a user|record a meeting}{|?}",
        "{does|can|could|will|did|do} {it|the device|the app|the company|the museum|she|he|they|the program|the robot|the school} {speak german|translate texts|write poems|play music|make presentations|offer courses in french|draw maps|set an alarm|order food|call a taxi|send emails|tell jokes|understand spanish}{|?}",
        "{can|may|could|must|should|when can|where can|why can't} {i|we|you|visitors|children|members} {bring a dog|park there overnight|swim in the lake|buy tickets at the door|keep hens|pay by card|water the garden|get a refund|learn german|study in english|stay longer|change the date|drink the water|win a prize|leave early|make one at home}{|?}",
        "{which|what|how many} {languages|subjects|courses|sports|instruments} {can i|can you|can pupils|do pupils|may students|would be easiest to} {study|learn|take|choose|play}{|?| there| at the school}",
        "{is it|was it|are they|is this|was this} {legal|possible|true|safe|free|allowed|a good idea|necessary|illegal} {to park there|to swim|that he left|to camp|to leave early|for children|on sundays|to keep one as a pet|to use two of them|in the north}{|?}",
        "{what does|what do they say|what is said} {the article say|it say|about the weather|about the translation|the word mean|the report say about language|the sign mean in english|the name mean}{|?| in the article?| in german?}",
        "{translate|translation|translated|in english}{:|,| -} {what does it mean|what does the word mean in the article|what does he say|what is the name of the town|what did the minister say}{|?}",
        "{what is|what was|how is} the {weather|temperature|climate|time difference|forecast} {like in july|in the mountains|on the day of the accident|there|at the station|in the north|when they arrived|during the match|on the island in winter}{|?}",
        "{cost|price|length|date|why|who|when|where|how|how much|how many|which one|since when|who paid|who else|and then|and before}{|?}",
    ),
    "acknowledgement": (
        "{ok|okay|k|alright|all right|alright|fine|right|sure|whatever|omg|wow wow|lmao|rofl|hahaha|hehe|ha|whoa|woah|yay|meh|ugh|huh|uh|um|mhm|hmmm|yikes|oops|gosh|damn|no way|same|true|cool cool|funny|hilarious|impressive|incredible|fantastic|great||good|nice|cool|perfect|excellent|awesome|wonderful|brilliant|super|amazing|interesting|got it|understood|i see|makes sense|fair enough|good to know|good job|well done|sounds good|very good|very nice|that is great|oh|ah|aha|wow|hm|hmm|lol|haha|👍|🙂|😀|👌|🎉|❤️|:)|yes|yep|no|nope|never mind|nevermind|forget it}{|.|!}",
        "{ok|great|oh|ah|good|nice} {ok|good|i see|got it|nice|great|cool|fine}{|.|!}",
        "{that's|that is|this is|it's|how|so|very|well that's} {funny|hilarious|crazy|amazing|interesting|cool|sad|strange|awesome|impressive|weird|surprising|great|a pity|good|nice}{|.|!| lol| haha}",
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
        "{are you able to|can you|are you allowed to|could you|do you} {search the web|browse the internet|see pictures|see my screen|read pdfs|read my files|read my mind|do anything else|do more than that|remember me|remember what i said|learn from me|think|talk|hear me|speak|connect to the internet|look things up online|use google}{|?}",
        "{what can't you do|what can you not do|what are your limits|what are your limitations|what are you good at|what are you able to do|what else can you do|how smart are you|what do you know how to do|can you do anything|what is your purpose|what skills do you have}{|?}",
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
        "{tell me a joke|sing a song|do you love me|i love you|you are stupid|you are great|you are nice|i am bored|i am sad|i am happy|i'm tired|are you happy|do you like me|will you marry me|what is the meaning of life|do you dream|are you hungry|you suck|you are useless|you are smart|good bot|bad bot|how old are you|where do you live|where are you from}{|?|!}",
    ),
    "language": (
        f"{{can|do|could}} you {{speak|understand|know|write|read|write in|answer in|talk in|talk|chat in|reply in}} {_LANGUAGE}{{|?| too?| as well?}}",
        f"{{please |}}{{answer|reply|respond|speak|talk|write|continue|say it|say that}} {{in|to me in}} {_LANGUAGE}{{|.| please}}",
        f"{{can we|may i|could i|can i|is it possible to|let's}} {{talk|speak|chat|ask|write|ask questions|continue|type}} in {_LANGUAGE}{{|?}}",
        f"{{switch to|change to|change the language to|set the language to|use|in}} {_LANGUAGE}{{|.| please}}",
        "{which|what|how many} {languages|other languages} {do you|can you|are you able to} {speak|understand|know|read|answer in|use|support}{|?}",
        "{do you|can you} {speak|know|understand} {other languages|any other language|more languages|several languages|my language|foreign languages|another language}{|?}",
        "{can i|may i} {ask|write|type} {in my language|in another language|in my own language|in other languages}{|?}",
    ),
    "beyond": (
        f"{_PLEASE} {{write|compose|create|draft|make|generate|make up}} {{|me|us}} {{a|another|a short|a funny|a long|a nice|some kind of}} {{poem|story|song|letter|email|essay|speech|haiku|limerick|rhyme|blog post|tweet|slogan|article|novel|press release|cover letter|birthday card|script|rap|text|message|review|invitation}} {_ABOUT}",
        f"{_PLEASE} {{make|create|build|prepare|generate|design|produce|put together}} {{|me|us}} {{a|a new|a nice}} {{presentation|powerpoint|slide deck|spreadsheet|excel file|chart|diagram|table|website|logo|poster|picture|image|photo|video|quiz|flyer|pdf|mind map|plan|schedule|timetable|game|resume|business plan|to-do list|template}} {_ABOUT}",
        f"{_PLEASE} {{draw|paint|sketch|design}} {{|me}} {{a cat|a picture|a house|a map|something|a horse|a logo|a flower|a diagram|my portrait|a chart|it|a picture of the bridge}} {{|for me|of it}}",
        f"{_PLEASE} {{write|create|make|give me|implement|code|program|develop}} {{some code|a python script|a program|a function|a html page|sql|a macro|an app|javascript code|a regex|an algorithm|a bash script|a game|a formula for excel}} {{|that sorts a list|that counts words|for my website|for me|to rename files|in java|that adds two numbers}}",
        f"{_PLEASE} translate {{this|that|it|this text|this sentence|the following|the article|this document|my letter|everything|a text|hello|good morning|the last answer|thank you|these words}} {{|to|into|in}} {_LANGUAGE}",
        f"{_PLEASE} {{translate|translate this|translate that|translate it|translate for me|translate the following|do a translation|translate a text}}{{|:|.}}",
        "{translate|translate to german|translate into french|translate this into spanish|translate to english}: {the road is closed|i am hungry|where is the station|we will arrive tomorrow|my name is anna|it is raining|he bought a car|the shop opens at nine}",
        f"{_PLEASE} {{rewrite|rephrase|paraphrase|proofread|correct|improve|edit|check the spelling of|fix the grammar of|polish}} {{this|my text|this sentence|my essay|my email|this paragraph|the following|it|this letter|the text below}}",
        f"{_PLEASE} {{do my homework|write my essay|write this for me|make a copy in word|save this as a pdf|convert this to pdf|make a pdf of this|fix my code|debug this code|put this into a table|turn this into a poem|turn this into slides|make it rhyme|write it in bullet points for my boss}}{{|.|?}}",
        f"{_PLEASE} {{pretend to be|act as|act like|play|talk like|roleplay as|imagine you are}} {{a pirate|a doctor|a teacher|my friend|a king|shakespeare|a lawyer|a travel guide|chess with me|a game with me|a robot}}",
        f"{_PLEASE} {{give me|suggest|think of|come up with|brainstorm|find me}} {{a name for my cat|ideas for a party|a title for my book|a slogan|names for a company|gift ideas|a recipe idea|some baby names|a topic for my essay|ideas for a present|a password|a nickname}}",
        f"{_PLEASE} {{send an email|send a message|call my mother|book a table|order a pizza|play some music|set an alarm|remind me tomorrow|open a website|search the web|google it|delete the files|print this|download a file|run this code|buy tickets|solve this equation|do the maths|calculate this|look it up online|turn off the light|check my calendar}}{{|.|?}}",
        "{what's|what is|tell me|do you know} the {weather|time|date|weather today|time now|date today|weather tomorrow|weather forecast|temperature outside|news today|exchange rate today|score of the game last night|traffic now}{|?}",
        "{will it rain today|is it raining|will it snow tomorrow|is it cold outside|do i need an umbrella|what day is it today|what day is it|what time is it|where am i|what is my name|how old am i|what's in the news today|who won last night|what should i eat today|what should i wear today}{|?}",
        "{what is|what's|how much is|calculate} {17 times 23|2 + 2|2+2|15 percent of 80|the square root of 81|5 * 7|100 divided by 4|1000 minus 37|12 plus 30|3 to the power of 4}{|?}",
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
