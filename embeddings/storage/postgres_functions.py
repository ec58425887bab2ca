"""Functions of SQLite, and one of Python's, that PostgreSQL lacks; made in each schema, so that statements need not differ."""

_LETTERS = 0x10000
"""Above it, no letter in lower case is changed by `str.casefold`."""


def _folded() -> dict[str, str]:
    """Return the letters in lower case that `str.casefold` changes nevertheless, such as ß."""
    letters = map(chr, range(_LETTERS))
    return {letter: letter.casefold() for letter in letters if letter.lower() == letter != letter.casefold()}


def _casefold(value: str) -> str:
    """Return an SQL expression for `str.casefold` of a text that is not plain ASCII."""
    letters = _folded()
    single = {letter: other for letter, other in letters.items() if len(other) == 1}
    folded = f"""translate(lower({value} COLLATE "und-x-icu"), '{"".join(single)}', '{"".join(single.values())}')"""
    for letter in letters.keys() - single.keys():
        folded = f"replace({folded}, '{letter}', '{letters[letter]}')"
    return folded


def functions() -> str:
    """Return the statements that make the functions in the current schema, or make them again."""
    return f"""
        CREATE OR REPLACE FUNCTION casefold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
            SELECT CASE WHEN octet_length(value) = length(value) THEN lower(value COLLATE "C")
            ELSE {_casefold("value")} COLLATE "C" END
        $body$;
        CREATE OR REPLACE FUNCTION instr(value text, part text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
            SELECT strpos(value, part)
        $body$;
        CREATE OR REPLACE FUNCTION json_each(value text) RETURNS TABLE (value text) LANGUAGE sql IMMUTABLE STRICT AS $body$
            SELECT json_array_elements_text($1::json)
        $body$;
        CREATE OR REPLACE FUNCTION json_array_length(value text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $body$
            SELECT pg_catalog.json_array_length(value::json)
        $body$;
        CREATE OR REPLACE FUNCTION json_array_of(value text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $body$
            SELECT to_json(value)::text
        $body$;
        CREATE OR REPLACE AGGREGATE json_group_array (text) (
            SFUNC = array_append, STYPE = text[], INITCOND = '{{}}', FINALFUNC = json_array_of
        );
    """
