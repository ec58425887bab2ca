"""Recognise lines that a web page puts around an article: menus, buttons, cookie notices, lists of other articles."""

import re
from collections.abc import Sequence

_NETWORK = r"(?:twitter|x|facebook|instagram|telegram|whats\s?app|you\s?tube|linkedin|vk|tiktok|threads|bluesky|mastodon|viber|reddit|pinterest|google\ news|e-?mail|social\ (?:media|networks?)|соц\w*\ сет\w+|телеграм\w*)"
_PLACES = rf"(?:{_NETWORK}(?:\ channel|\ page)?(?:\s*(?:,|and|&|or|и)\s*)*)+[.!]?"
# Whole lines that are a page's controls wherever they stand, in English and Russian. Each is a control by all its
# words: "Sign up for our newsletter", not "Sign up for the rowing course".
_CONTROL = re.compile(
    rf"""leave\ a\ (?:review|comment|reply)|(?:add|post|write)\ a\ comment|(?:load|show|view)\ (?:more|all)\ comments|\d+\ comments?|comments\ \(\d+\)
    |(?:follow|find|join)\ us(?:\ (?:on|in|at|via)\ {_PLACES})?|share(?:\ this(?:\ (?:article|story|page|post|news))?|\ (?:on|via)\ {_PLACES})?[:.]?
    |tweet|subscribe\ (?:now|to\ our\ (?:newsletter|channel|youtube\ channel))|(?:sign\ up\ (?:for|to)\ )?(?:our|the)?\ ?(?:daily\ |weekly\ |free\ )?newsletter
    |read\ (?:also|next|more)(?::.*)?|(?:skip|jump)\ to\ (?:main\ |the\ )?content|back\ to\ top|print\ this(?:\ (?:page|article|story))?|advertisement
    |(?:accept|reject|decline|allow)\ (?:all|only\ necessary|necessary)(?:\ cookies)?|(?:manage|cookie)\ (?:preferences|settings|options)
    |listen\ to\ this\ (?:article|story)\b.{{0,20}}|download\ (?:the|our)\ app(?:\ .{{1,30}})?
    |поделиться(?:\ (?:в|на|новостью|статьей|ссылкой)\b.{{0,40}})?|подписывайтесь\ на\ (?:нас|наш)\b.{{0,60}}|подписаться(?:\ на\ (?:нас|наш|рассылку)\b.{{0,40}})?
    |читайте\ (?:также|ещё|еще)(?::.*)?|оставить\ комментарий|следите\ за\ нами\b.{{0,60}}|принять\ (?:все|cookies?)|перейти\ к\ содержанию|реклама""",
    re.IGNORECASE | re.VERBOSE,
)
_COPYRIGHT = re.compile(
    r"(?:all rights reserved|все права защищены).{0,60}|(?:©|\(c\)|copyright)[\s©(c)]*(?:by )?.{0,60}\b(?:19|20)\d\d\b.{0,60}|(?:©|copyright ©) .{1,60}",
    re.IGNORECASE,
)
# Controls that are also words of an article, such as a manual's heading: they count beside other controls.
_CONTROL_IN_A_ROW = re.compile(
    r"""menu|search|home|close|share|save|print|log\ ?in|sign\ ?in|sign\ ?up|log\ ?out|register|my\ account|contact(?:\ us)?|about(?:\ us)?
    |help|faq|settings|next|previous|follow|like|reply|report|copy\ link|e-?mail|rss|advertising|terms\ of\ (?:use|service)|privacy\ policy|cookie\ policy|language|english|русский|subscribe|news|sport|weather
    |(?:twitter|facebook|instagram|telegram|whatsapp|youtube|linkedin|vk|x)|tags?:.*|меню|поиск|главная|войти|регистрация|контакты|о\ нас""",
    re.IGNORECASE | re.VERBOSE,
)
# Titles of lists of other articles.
_LIST_TITLE = re.compile(
    r"""recommended(?:\ for\ you|\ (?:stories|articles|reading))?|more\ (?:from|on|in|about)\ .{1,50}|(?:more|latest|top|other|breaking|related)\ (?:news|stories|headlines|articles|posts)(?:\ .{1,20})?
    |(?:most|popular)\ (?:read|popular|viewed|posts|shared|commented)(?:\ .{1,20})?|trending(?:\ (?:now|stories|today))?|you\ (?:may|might)\ (?:also\ )?(?:like|enjoy|be\ interested\ in)\b.{0,20}
    |editor[’']?s[’']?\ (?:picks?|choice)|up\ next|don[’']t\ miss|from\ (?:the|our|around\ the)\ (?:web|archive|network)|sponsored(?:\ (?:content|links|stories))?|promoted|news\ ?(?:line|feed)
    |лента\ новостей|(?:главные|последние|другие|похожие)\ новости|новости\ по\ теме|по\ теме|популярное|рекомендуем|вам\ может\ быть\ интересно|самое\ читаемое""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMENTS_TITLE = re.compile(
    r"#*\s*(?:\d+\ comments?|comments(?:\s*\(\d+\))?|комментарии(?:\s*\(\d+\))?|\d+\ комментари\w+)", re.I
)
# What stands beside a reader's comment: its age, its buttons.
_COMMENT_SIGN = re.compile(
    r"(?:.{0,40}\W)?(?:\d+|an?)\s?(?:s|sec|m|min|h|hrs?|d|w|mo|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\ ago(?:\W.{0,20})?"
    r"|reply|like|report|upvote|permalink|log\ in\ to\ reply|ответить|\d+\s(?:минут\w*|час\w*|д(?:ень|ня|ней)|недел\w*)\ назад",
    re.IGNORECASE,
)  # fmt: skip
# Sentences in which a site speaks of itself to its reader. The named group is the notice's subject.
_NOTICE = re.compile(
    r"""\b(?:we|site|website|page)\b.{0,80}\buses?\ (?:\w+\ ){0,3}(?P<s1>cookie)s?\b|\b(?P<s2>cookie)s?\b.{0,80}\b(?:your\ experience|our\ (?:web)?site)\b
    |\bpartners\ (?:\w+\ ){0,6}(?:store|access|process)\b.{0,60}\b(?P<s3>device|data)\b|\bwe\ (?:value|respect|care\ about)\ your\ (?P<s4>privacy)\b
    |\bby\ (?:continuing|clicking|signing\ up|subscribing|using\ (?:this|our)\ site)\b.{0,80}\byou\ (?P<s5>agree|accept|consent)
    |\benter\ your\ (?P<s6>e-?mail)\b.{0,60}\b(?:subscribe|sign\ up|newsletter)|\bsign\ up\ (?:for|to)\ (?:our|the)\ (?:\w+\ ){0,3}(?P<s7>newsletter)
    |\b(?:stories|news|headlines|articles|updates)\b.{0,40}\b(?:to|in|into)\ your\ (?P<s8>inbox)|\byou(?:'ve|’ve|\ have)\ (?:read|used|viewed|reached)\b.{0,40}\b(?P<s9>free\ (?:articles|stories))
    |\b(?:subscribe|register|log\ in|sign\ in)\ to\ (?:continue|keep)\ (?P<s10>reading)|\byour\ email\ address\ will\ not\ be\ (?P<s11>published)|\bplease\ enable\ (?P<s12>javascript)
    |\b(?:disable|turn\ off)\ your\ (?P<s13>ad\ ?blocker)|\bprotected\ by\ (?P<s14>recaptcha)|\bмы\ используем\ (?:файлы\ )?(?P<s15>cookie|куки)|\bпродолжая\ (?:использовать|пользоваться)\b.{0,20}\b(?P<s16>сайт)
    |\bподпишитесь\ на\ (?:нашу\ )?(?P<s17>рассылк)|\b(?:verwend\w+|nutz\w+|utilis\w+|utiliza\w*|usamos|kullan\w+)\b.{0,40}\b(?P<s18>cookie)s?\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NOTICE_CHARS = 500
_LINE_CHARS = 100
_BREADCRUMB = re.compile(
    r"(?:home|main|start|startseite|accueil|inicio|ana sayfa|главная)(?:\s*[>»›]\s*|\s+/\s+)\S.*|[^>»›.!?]{1,30}(?:\s[>»›]\s[^>»›.!?]{1,40}){2,}",
    re.I,
)


def controls(lines: Sequence[str]) -> set[int]:
    """Return the positions of the lines that are controls of a page: a button, an entry of a menu, a breadcrumb.

    A word that may also be a heading, such as "Contact us", counts in a row of three, or of two with a sure control.
    """
    sure = {i for i, line in enumerate(lines) if len(line) <= _LINE_CHARS and _is_control(line)}
    found: set[int] = set()
    row: list[int] = []
    for i, line in enumerate([*lines, ""]):
        if i in sure or (line and len(line) <= _LINE_CHARS and _CONTROL_IN_A_ROW.fullmatch(line)):
            row.append(i)
            continue
        found.update(row if len(row) > 2 or sure.intersection(row) else ())
        row = []
    return found


def _is_control(line: str) -> bool:
    return bool(_CONTROL.fullmatch(line) or _BREADCRUMB.fullmatch(line))


def titles_a_list(line: str) -> bool:
    """Return whether a line is the title of a list of other articles, if such a list follows it."""
    return len(line) <= _LINE_CHARS and bool(_LIST_TITLE.fullmatch(line.strip("#* ").removesuffix(":")))


def is_copyright(line: str) -> bool:
    """Return whether a line names who holds the copyright, as at the foot of a page."""
    return len(line) <= _LINE_CHARS and bool(_COPYRIGHT.fullmatch(line))


def titles_comments(line: str) -> bool:
    """Return whether a line is the title of readers' comments, if comments follow it."""
    return len(line) <= _LINE_CHARS and bool(_COMMENTS_TITLE.fullmatch(line))


def is_comment_sign(line: str) -> bool:
    """Return whether a line stands beside a reader's comment: its age, or a button."""
    return len(line) <= _LINE_CHARS and bool(_COMMENT_SIGN.fullmatch(line))


def notice_subject(line: str) -> str | None:
    """Return what a page's notice is about ("cookie", "newsletter"), in lower case; None for a line that is no notice."""
    match = _NOTICE.search(line) if len(line) <= _NOTICE_CHARS else None
    return match[match.lastgroup].lower() if match and match.lastgroup else None
